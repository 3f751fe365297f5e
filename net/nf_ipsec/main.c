// SPDX-License-Identifier: GPL-2.0-only
/* IPsec for Linux beside the kernel's own: init and exit only. */
#include <linux/genetlink.h>
#include <linux/module.h>

#include "cache.h"
#include "crypto.h"
#include "defrag.h"
#include "netlink.h"
#include "netns.h"
#include "offload.h"
#include "secpath.h"

static int __init ipsec_init(void)
{
	int err;

	err = ipsec_crypto_init();
	if (err)
		return err;
	err = ipsec_cache_init();
	if (err)
		goto err_crypto_exit;
	err = ipsec_secpath_init();
	if (err)
		goto err_cache_exit;
	err = ipsec_offload_init();
	if (err)
		goto err_secpath_exit;
	err = ipsec_netns_init();
	if (err)
		goto err_offload_exit;
	err = ipsec_netlink_init();
	if (err)
		goto err_netns_exit;
	return 0;

err_netns_exit:
	ipsec_netns_exit();
err_offload_exit:
	ipsec_offload_exit();
err_secpath_exit:
	ipsec_secpath_exit();
err_cache_exit:
	ipsec_cache_exit();
err_crypto_exit:
	ipsec_crypto_exit();
	return err;
}

static void __exit ipsec_exit(void)
{
	ipsec_netlink_exit();
	ipsec_netns_exit();
	ipsec_offload_exit();
	ipsec_secpath_exit();
	ipsec_defrag_exit();
	ipsec_cache_exit();
	ipsec_crypto_exit();
}

module_init(ipsec_init);
module_exit(ipsec_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("IPsec (ESP and AH) on netfilter hooks");
MODULE_ALIAS_GENL_FAMILY("nf_ipsec");
