/* SPDX-License-Identifier: MIT
 *
 * The knowledge base: one SQLite file. Sources (the bytes of every article, compressed) are kept; everything derived
 * (article rows, rules, references) can be rebuilt from them. An import is one write transaction with a generation
 * number; readers see the old one until it commits. Only this folder sees sqlite3.h. A store handle belongs to one
 * thread; open as many as there are threads.
 */
#ifndef KBT_STORE_STORE_H
#define KBT_STORE_STORE_H

#include "rule/rule.h"

struct store;

enum store_mode { STORE_READ, STORE_WRITE /* made where it is missing */ };

/* store_open: ERR_MISSING (no such file, STORE_READ), ERR_FOREIGN (not ours), ERR_DAMAGED, ERR_NEWER, ERR_DENIED,
 * ERR_BUSY, ERR_IO; the sentence in d names the file and the command that mends it. */
enum err store_open(const char *path, enum store_mode mode, struct diags *d, struct store **ret_store) MUST_USE;
/* store_open_saying: waiting is called again and again while another process holds the file; tell is true once a handle,
 * when that has been so for over a second. False ends the wait. */
typedef bool store_waiting(void *context, bool tell);
enum err store_open_saying(const char *path, enum store_mode mode, store_waiting *waiting, void *context,
			   struct diags *d, struct store **ret_store) MUST_USE;
void store_close(struct store **store);
const char *store_path(const struct store *s); /* as it was opened; the store has it */
/* store_generation counts imports; it changes exactly when the content does. */
enum err store_generation(struct store *s, int64_t *ret_generation) MUST_USE;
/* store_identity tells a KB from another that lay under the same path: a number drawn when it was made anew. */
enum err store_identity(struct store *s, uint32_t *ret_identity) MUST_USE;

/* ---- reading ---- */

/* Between store_freeze and store_thaw all that is read is of one generation, and cheaper. They nest. An import's commit
 * waits meanwhile: keep it short. A failed freeze is only a lost advantage. */
void store_freeze(struct store *s);
void store_thaw(struct store *s);

struct store_source {
	struct str origin; /* where it was imported from: "kbarchive-txt.tar.zst!/txt/150/Q150536.TXT" */
	struct str format, date;
	struct str bytes;  /* as imported */
};

/* store_article: the sources of one article, the one that counts first (authored, then the newest date), in the arena.
 * ERR_NOTFOUND. */
enum err store_article(struct store *s, struct str id, struct arena *a, struct store_source **ret_sources,
		       size_t *ret_count) MUST_USE;

/* store_load parses the sources again and merges their rules: the authored one's templates, cause and resolutions
 * before the imported one's. *ret_article is the article whose text is shown: the imported one where there is one;
 * *ret_authored is ours, or NULL. */
enum err store_load(struct store *s, struct str id, struct arena *a, struct article **ret_article,
		    struct article **ret_authored, struct rule *ret_rule) MUST_USE;

/* store_rule loads the merged rule alone, from the derived rows: what a look-up shows beside a match. */
enum err store_rule(struct store *s, struct str id, struct arena *a, struct rule *ret_rule) MUST_USE;

/* store_each_source visits every source, ordered by article id, authored first within an id. visit gets the
 * decompressed bytes, valid during the call; anything but ERR_OK from it ends the walk and is returned. */
typedef enum err store_visit(void *context, struct str id, const struct store_source *source);
enum err store_each_source(struct store *s, store_visit *visit, void *context) MUST_USE;

/* store_each_hash visits the same without their bytes: the id and hash_bytes of each. */
typedef enum err store_visit_hash(void *context, struct str id, uint64_t hash);
enum err store_each_hash(struct store *s, store_visit_hash *visit, void *context) MUST_USE;

/* store_cited_by: ids and titles of the articles that refer to this one, at most limit. */
struct store_brief { struct str id, title, date; };
enum err store_cited_by(struct store *s, struct str id, size_t limit, struct arena *a, struct store_brief **ret_items,
			size_t *ret_count) MUST_USE;
/* store_see_also: the same of the articles that it refers to, then of those that refer to it, as far as they are
 * here. */
enum err store_see_also(struct store *s, struct str id, size_t limit, struct arena *a, struct store_brief **ret_items,
			size_t *ret_count) MUST_USE;
/* store_brief: id, title, date of one article; ERR_NOTFOUND. */
enum err store_brief(struct store *s, struct str id, struct arena *a, struct store_brief *ret_brief) MUST_USE;

/* The code table (kb/codes.tsv): what a number means in each family; no row is no error. */
struct store_code { int64_t value; struct str family, symbol, says; };
enum err store_codes(struct store *s, int64_t value, struct arena *a, struct store_code **ret_codes, size_t *ret_count)
	MUST_USE;
enum err store_all_codes(struct store *s, struct arena *a, struct store_code **ret_codes, size_t *ret_count) MUST_USE;

/* The cause files (kb/causes) as imported, in order of name: diagnose reads the YAML itself. */
enum err store_causes(struct store *s, struct arena *a, struct store_source **ret_files, size_t *ret_count) MUST_USE;

struct store_stat { const char *name; /* "articles", "templates", ... */ int64_t value; const char *says; };
enum err store_stats(struct store *s, struct arena *a, struct store_stat **ret_stats, size_t *ret_count) MUST_USE;

/* ---- writing: import.h ---- */

#endif
