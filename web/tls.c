/* SPDX-License-Identifier: MIT
 *
 * PEM files > bytes that GnuTLS takes, or the sentence that says why not. See tls.h.
 */
#include "web/tls.h"

#include "web/file.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <time.h>

enum { PEM_BYTES_MAX = 1 << 20 };

static gnutls_datum_t datum(struct str s)
{
	return (gnutls_datum_t){ (unsigned char *)(uintptr_t)s.p, (unsigned)s.n };
}

/* note_expiry: an old certificate serves those who pinned it, and says why browsers complain. */
static void note_expiry(const char *path, struct str pem, struct diags *d)
{
	gnutls_x509_crt_t *chain = NULL;
	unsigned count = 0;
	gnutls_datum_t bytes = datum(pem);
	if (gnutls_x509_crt_list_import2(&chain, &count, &bytes, GNUTLS_X509_FMT_PEM, 0) < 0)
		return;
	if (count && gnutls_x509_crt_get_expiration_time(chain[0]) < time(NULL))
		diags_add(d, DIAG_WARNING, 0, "%s: the certificate has expired; browsers will refuse it", path);
	for (unsigned i = 0; i < count; i++)
		gnutls_x509_crt_deinit(chain[i]);
	gnutls_free(chain);
}

enum err tls_load(const char *cert_path, const char *key_path, struct arena *a, struct diags *d,
		  struct tls_files *ret_files)
{
	struct tls_files files;
	gnutls_certificate_credentials_t credentials;
	enum err e = file_read(cert_path, PEM_BYTES_MAX, a, d, &files.cert, NULL);
	if (!e)
		e = file_read(key_path, PEM_BYTES_MAX, a, d, &files.key, NULL);
	if (e)
		return e;
	if (gnutls_certificate_allocate_credentials(&credentials) < 0)
		return ERR_NOMEM;
	gnutls_datum_t cert = datum(files.cert), key = datum(files.key);
	int code = gnutls_certificate_set_x509_key_mem(credentials, &cert, &key, GNUTLS_X509_FMT_PEM);
	gnutls_certificate_free_credentials(credentials);
	if (code < 0)
		return diags_fail(d, ERR_INPUT, "%s and %s are no certificate and its key in PEM: %s", cert_path,
				  key_path, gnutls_strerror(code));
	note_expiry(cert_path, files.cert, d);
	*ret_files = files;
	return ERR_OK;
}
