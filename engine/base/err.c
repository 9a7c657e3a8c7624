/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

const char *err_text(enum err e)
{
	static const char *const words[] = {
#define ERR(name, text) [ERR_##name] = (text),
#include "base/err.def"
#undef ERR
	};
	return (size_t)e < sizeof words / sizeof *words ? words[e] : "unknown error";
}

const char *err_errno_text(int number)
{
	switch (number) {
	case ENOENT: return "no such file or folder";
	case EFBIG: return err_text(ERR_FILESIZE);
	default: return strerror(number);
	}
}

enum err err_from_errno(int number)
{
	switch (number) {
	case 0: return ERR_OK;
	case ENOMEM: return ERR_NOMEM;
	case ENOENT:
	case ENOTDIR: return ERR_NOTFOUND;
	case EACCES:
	case EPERM:
	case EROFS: return ERR_DENIED;
	case ENOSPC:
	case EDQUOT: return ERR_FULL;
	case EFBIG: return ERR_FILESIZE;
	case EEXIST: return ERR_EXISTS;
	case EBUSY:
	case EAGAIN: return ERR_BUSY;
	case EINTR: return ERR_INTERRUPTED;
	default: return ERR_IO;
	}
}
