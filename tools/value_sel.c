// SPDX-License-Identifier: GPL-2.0-only
/* Values of a selector's words. */
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "err.h"
#include "keyword.h"
#include "print.h"

/* Clear the bits behind the prefix; were there any? */
static bool mask_prefix(struct prefix *prefix)
{
	struct addr *a = &prefix->addr;
	bool any = false;
	unsigned int i;

	for (i = prefix->plen; i < sizeof(a->octets) * 8; i++) {
		u8 bit = 0x80 >> i % 8;

		any |= a->octets[i / 8] & bit;
		a->octets[i / 8] &= ~bit;
	}
	return any;
}

static int prefix_from(const char *text, struct prefix *prefix)
{
	char addr[INET6_ADDRSTRLEN];
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	u64 plen;
	u8 max;

	if (len >= sizeof(addr))
		return -1;
	memcpy(addr, text, len);
	addr[len] = '\0';
	if (parse_addr(addr, &prefix->addr))
		return -1;
	max = prefix->addr.family == AF_INET ? 32 : 128;
	plen = max;
	if (slash && parse_number(slash + 1, 0, max, &plen))
		return -1;
	prefix->plen = plen;
	return 0;
}

int parse_prefix(struct parse *p, const struct keyword *kw, void *field)
{
	const char *value = parse_take(p, kw);
	struct prefix *prefix = field;
	char right[PRINT_PREFIX_LEN];
	struct quoted q;

	if (!value)
		return -1;
	memset(prefix, 0, sizeof(*prefix));
	if (!strcmp(value, "any"))
		return 0;
	if (prefix_from(value, prefix))
		return parse_bad(p, kw, value);
	if (mask_prefix(prefix))
		return err_set(p->e, ERR_USAGE, kw->word,
			       "\"%s\" has bits behind the prefix; expected %s",
			       err_quote(value, &q),
			       print_prefix(prefix, right));
	return 0;
}

/* The text in front of @end, with a NUL; returns -1 if it is too long */
static int copy_before(char *buf, size_t size, const char *text,
		       const char *end)
{
	if ((size_t)(end - text) >= size)
		return -1;
	memcpy(buf, text, end - text);
	buf[end - text] = '\0';
	return 0;
}

/* A prefix, or a range, which no prefix looks like */
int parse_side(struct parse *p, const struct keyword *kw, void *field)
{
	const char *value = p->at < p->n ? p->word[p->at] : "";
	const char *dash = strchr(value, '-');
	struct prefix *side = field;
	char first[INET6_ADDRSTRLEN];
	struct addr last;
	struct quoted q;

	if (!dash)
		return parse_prefix(p, kw, field);
	p->at++;
	memset(side, 0, sizeof(*side));
	if (copy_before(first, sizeof(first), value, dash) ||
	    parse_addr(first, &side->addr) || parse_addr(dash + 1, &last))
		return parse_bad(p, kw, value);
	if (side->addr.family != last.family ||
	    memcmp(side->addr.octets, last.octets, sizeof(last.octets)) > 0)
		return err_set(p->e, ERR_USAGE, kw->word,
			       "expected a range from low to high of one family, not \"%s\"",
			       err_quote(value, &q));
	prefix_set_last(side, &last);
	return 0;
}

/* One port is a range from itself to itself */
static int ports_from(const char *text, const char *dash, u64 *min, u64 *max)
{
	char first[24];

	if (!dash) {
		if (parse_number(text, 0, 65535, min))
			return -1;
		*max = *min;
		return 0;
	}
	if ((size_t)(dash - text) >= sizeof(first))
		return -1;
	snprintf(first, sizeof(first), "%.*s", (int)(dash - text), text);
	return parse_number(first, 0, 65535, min) ||
	       parse_number(dash + 1, 0, 65535, max) ? -1 : 0;
}

int parse_ports(struct parse *p, const struct keyword *kw, void *field)
{
	const char *value = parse_take(p, kw);
	struct ports *ports = field;
	const char *dash;
	u64 min, max;

	if (!value)
		return -1;
	ports->set = true;
	ports->opaque = !strcmp(value, "opaque");
	if (ports->opaque)
		return 0;
	dash = strchr(value, '-');
	if (ports_from(value, dash, &min, &max))
		return parse_bad(p, kw, value);
	if (min > max)
		return err_set(p->e, ERR_USAGE, kw->word,
			       "expected a range from low to high, not %u-%u",
			       (u32)min, (u32)max);
	ports->min = min;
	ports->max = max;
	return 0;
}

/* A name, or a number from 0 to 255 */
static int type_from(const struct keyword *kw, const char *text, u64 *value)
{
	const struct choice *choice;

	for (choice = kw->choices; choice->word; choice++) {
		if (!strcmp(choice->word, text)) {
			*value = choice->value;
			return 0;
		}
	}
	return parse_number(text, 0, 255, value);
}

/**
 * struct bound - one end of a range of types
 * @type: the type
 * @code: the code, if @coded
 * @coded: there is one
 */
struct bound {
	u64 type;
	u64 code;
	bool coded;
};

/* TYPE or TYPE/CODE */
static int bound_from(const struct keyword *kw, const char *text,
		      struct bound *b)
{
	const char *slash = strchr(text, '/');
	char type[32];

	b->coded = slash;
	if (!slash)
		return type_from(kw, text, &b->type);
	if (kw->min == IPPROTO_MH ||
	    copy_before(type, sizeof(type), text, slash))
		return -1;
	return type_from(kw, type, &b->type) ||
	       parse_number(slash + 1, 0, 255, &b->code) ? -1 : 0;
}

/* A-B, T/A-B or S/A-T/B; names have dashes, too, but no digit behind one */
static int type_range(const struct keyword *kw, const char *text,
		      struct bound *low, struct bound *high)
{
	const char *dash = strrchr(text, '-');
	char first[40];

	if (!dash || !isdigit((unsigned char)dash[1])) {
		if (bound_from(kw, text, low))
			return -1;
		*high = *low;
		return 0;
	}
	if (copy_before(first, sizeof(first), text, dash) ||
	    bound_from(kw, first, low))
		return -1;
	if (low->coded && !strchr(dash + 1, '/')) {
		high->type = low->type;
		high->coded = true;
		return parse_number(dash + 1, 0, 255, &high->code);
	}
	return bound_from(kw, dash + 1, high) ||
	       low->coded != high->coded ? -1 : 0;
}

static int bad_type(struct parse *p, const struct keyword *kw,
		    const char *value)
{
	const struct choice *choice;
	struct nearest nearest;
	struct quoted q;
	char all[512];
	size_t at = 0;

	nearest_init(&nearest, value);
	for (choice = kw->choices; choice->word; choice++) {
		nearest_try(&nearest, choice->word);
		if (at < sizeof(all))
			at += snprintf(all + at, sizeof(all) - at, " %s",
				       choice->word);
	}
	if (nearest.best)
		return err_set(p->e, ERR_USAGE, kw->word,
			       "expected %s, not \"%s\"; did you mean \"%s\"?",
			       kw->want, err_quote(value, &q), nearest.best);
	if (!isalpha((unsigned char)*value))
		return parse_bad(p, kw, value);
	return err_set(p->e, ERR_USAGE, kw->word,
		       "expected %s, not \"%s\"; types with a name are:%s",
		       kw->want, err_quote(value, &q), all);
}

int parse_type(struct parse *p, const struct keyword *kw, void *field)
{
	const char *value = parse_take(p, kw);
	struct sel_conf *sel = field;
	struct bound low = { }, high = { };

	if (!value)
		return -1;
	sel->type_proto = kw->min;
	sel->type.set = true;
	sel->type.opaque = !strcmp(value, "opaque");
	if (sel->type.opaque)
		return 0;
	if (type_range(kw, value, &low, &high))
		return bad_type(p, kw, value);
	sel->type.min = low.type << 8 | low.code;
	sel->type.max = high.type << 8 | (high.coded ? high.code : 255);
	if (sel->type.min > sel->type.max)
		return err_set(p->e, ERR_USAGE, kw->word,
			       "expected a range from low to high, not %s",
			       value);
	return 0;
}

/* VALUE or VALUE/MASK */
int parse_mark(struct parse *p, const struct keyword *kw, void *field)
{
	const char *value = parse_take(p, kw);
	const char *slash = value ? strchr(value, '/') : NULL;
	struct sel_conf *sel = field;
	u64 mark, mask = UINT32_MAX;
	struct quoted q;
	char first[24];

	if (!value)
		return -1;
	if (copy_before(first, sizeof(first), value,
			slash ? slash : value + strlen(value)) ||
	    parse_number(first, 0, UINT32_MAX, &mark) ||
	    (slash && parse_number(slash + 1, 1, UINT32_MAX, &mask)))
		return parse_bad(p, kw, value);
	if (mark & ~mask)
		return err_set(p->e, ERR_USAGE, kw->word,
			       "expected a mask with all bits of the mark, not \"%s\"",
			       err_quote(value, &q));
	sel->mark = mark;
	sel->mark_mask = mask;
	return 0;
}

/* What the kernel takes for a device's name */
bool dev_valid(const char *name)
{
	size_t len = strlen(name);

	if (!len || len >= CONF_DEV_LEN || !strcmp(name, ".") ||
	    !strcmp(name, ".."))
		return false;
	for (; *name; name++)
		if (*name == '/' || *name == ':' ||
		    isspace((unsigned char)*name))
			return false;
	return true;
}

int parse_dev(struct parse *p, const struct keyword *kw, void *field)
{
	const char *value = parse_take(p, kw);

	if (!value)
		return -1;
	if (!dev_valid(value))
		return parse_bad(p, kw, value);
	strcpy(field, value);
	return 0;
}
