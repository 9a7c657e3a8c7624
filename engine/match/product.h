/* SPDX-License-Identifier: MIT
 *
 * Which families of products a text names: "IIS 4.0" and "Internet Information Server" are one. What an article
 * applies to, and what a message says about where it happened, are read alike.
 */
#ifndef KBT_MATCH_PRODUCT_H
#define KBT_MATCH_PRODUCT_H

#include "base/str.h"

/* product_families: a bit a family; 0 where none is named. */
uint32_t product_families(struct str text);

/* product_is_all: the text names products, with their versions, and says nothing of them. */
bool product_is_all(struct str text);

/* product_of_title: what a title names before its colon ("XL97: ...", "Bookshelf: ..."), behind the kinds of articles
 * ("PRB:", "FIX:"); empty where it names nothing. */
struct str product_of_title(struct str title);

#endif
