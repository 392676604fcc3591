#include <config.h>

#include "formats/pickle.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "formats/pickle-op.h"

struct machine {
    struct pickle *pickle;
    const unsigned char *bytes;
    size_t n, at, base;
    const char *const *names;
    const bool *makes;
    const char *name;
    struct pickle_value **stack, **memo;
    int depth, stack_room, memos, memo_room;
    struct err *err;
};

/* ---- messages ---- */

static enum status damaged(struct machine *m, const char *what)
{
    return err_set(m->err, ERR_BAD_INPUT,
                   "%s: the pickle in it %s at byte %zu: the file is damaged "
                   "or no checkpoint of PyTorch; copy it again",
                   m->name, what, m->base + m->at);
}

static enum status refuse_name(struct machine *m, const char *text, size_t n)
{
    struct str raw = STR_INIT, name = STR_INIT;

    str_add_bytes(&raw, text, n);
    for (size_t i = 0; i < raw.length; i++)
        if (raw.text[i] == ' ' || raw.text[i] == '\n')
            raw.text[i] = '.';
    utf8_escape(&name, raw.text);
    err_set(m->err, ERR_BAD_INPUT,
            "%s wants Python to call %.120s (byte %zu), which no tensor "
            "needs: it is refused, and nothing was run. If you trust the "
            "file, save its tensors alone with PyTorch: "
            "torch.save(model.state_dict(), FILE)",
            m->name, name.text, m->base + m->at);
    str_release(&name);
    str_release(&raw);
    return m->err->status;
}

static enum status refuse_op(struct machine *m, unsigned char op)
{
    return err_set(m->err, ERR_BAD_INPUT,
                   "%s: the pickle in it has an opcode 0x%02x (%s) at byte "
                   "%zu, which no tensor needs: it is refused, and nothing "
                   "was run. If you trust the file, save its tensors alone "
                   "with PyTorch: torch.save(model.state_dict(), FILE)",
                   m->name, op, pickle_op_name(op), m->base + m->at - 1);
}

/* ---- values ---- */

static struct pickle_value *new_value(struct machine *m, enum pickle_kind kind)
{
    struct pickle *p = m->pickle;
    struct pickle_value *v;

    if (p->values >= PICKLE_VALUES_MAX) {
        err_set(m->err, ERR_BAD_INPUT,
                "%s: its pickle makes more than %u values: save the tensors "
                "alone, without an optimizer: torch.save(model.state_dict(), "
                "FILE)",
                m->name, PICKLE_VALUES_MAX);
        return NULL;
    }
    if (p->blocks == NULL || p->blocks->used == BLOCK_VALUES) {
        struct pickle_block *block = mem_zalloc(1, sizeof(*block));

        block->next = p->blocks;
        p->blocks = block;
    }
    p->values++;
    v = &p->blocks->values[p->blocks->used++];
    v->kind = kind;
    return v;
}

static void add_item(struct pickle_value *to, struct pickle_value *item)
{
    if (to->count >= to->room) {
        to->room = to->room ? to->room * 2 : 2;
        to->items =
            mem_realloc(to->items, (size_t)to->room, sizeof(*to->items));
    }
    to->items[to->count++] = item;
}

/* ---- the stack ---- */

static enum status push(struct machine *m, struct pickle_value *v)
{
    if (v == NULL)
        return m->err->status;
    if (m->depth >= (int)PICKLE_VALUES_MAX)
        return damaged(m, "has a stack too deep");
    ARRAY_GROW(m->stack, m->depth, m->stack_room);
    m->stack[m->depth++] = v;
    return OK;
}

static enum status push_kind(struct machine *m, enum pickle_kind kind,
                             int64_t number)
{
    struct pickle_value *v = new_value(m, kind);

    if (v != NULL)
        v->number = number;
    return push(m, v);
}

/* NULL, with the error set: nothing there but perhaps a mark. */
static struct pickle_value *pop(struct machine *m)
{
    if (m->depth > 0 && m->stack[m->depth - 1]->kind != PICKLE_MARK)
        return m->stack[--m->depth];
    damaged(m, "takes what is not there");
    return NULL;
}

/* Where the values above the last mark begin, or -1. */
static int find_mark(struct machine *m)
{
    int i = m->depth - 1;

    while (i >= 0 && m->stack[i]->kind != PICKLE_MARK)
        i--;
    if (i < 0)
        damaged(m, "misses a mark");
    return i < 0 ? -1 : i + 1;
}

static enum status make_tuple(struct machine *m, int first)
{
    struct pickle_value *tuple = new_value(m, PICKLE_TUPLE);

    if (tuple == NULL)
        return m->err->status;
    for (int i = first; i < m->depth; i++) {
        if (m->stack[i]->kind == PICKLE_MARK)
            return damaged(m, "takes what is not there");
        add_item(tuple, m->stack[i]);
    }
    m->depth = first;
    return push(m, tuple);
}

static enum status marked_tuple(struct machine *m)
{
    int first = find_mark(m);

    if (first < 0)
        return m->err->status;
    memmove(&m->stack[first - 1], &m->stack[first],
            (size_t)(m->depth - first) * sizeof(struct pickle_value *));
    m->depth--;
    return make_tuple(m, first - 1);
}

/* The last `count` values, or those above the mark, into what is below. */
static enum status put_items(struct machine *m, enum pickle_kind kind,
                             int count)
{
    int first = count > 0 ? m->depth - count : find_mark(m);
    int under = count > 0 ? first - 1 : first - 2;
    struct pickle_value *to;

    if (first < 0 || under < 0)
        return damaged(m, "takes what is not there");
    to = m->stack[under];
    if (to->kind != kind || (kind == PICKLE_DICT && (m->depth - first) % 2))
        return damaged(m, "puts items where none can be");
    for (int i = first; i < m->depth; i++) {
        if (m->stack[i]->kind == PICKLE_MARK)
            return damaged(m, "takes what is not there");
        add_item(to, m->stack[i]);
    }
    m->depth = under + 1;
    return OK;
}

/* ---- operands ---- */

static bool take(struct machine *m, size_t bytes, const unsigned char **out)
{
    if (bytes > m->n - m->at) {
        damaged(m, "ends too early");
        return false;
    }
    *out = m->bytes + m->at;
    m->at += bytes;
    return true;
}

static bool take_number(struct machine *m, int bytes, uint64_t *out)
{
    const unsigned char *p;

    if (!take(m, (size_t)bytes, &p))
        return false;
    *out = 0;
    for (int i = bytes - 1; i >= 0; i--)
        *out = *out << 8 | p[i];
    return true;
}

static enum status read_text(struct machine *m, int width)
{
    struct pickle_value *v = new_value(m, PICKLE_TEXT);
    const unsigned char *p;
    uint64_t length;

    if (v == NULL || !take_number(m, width, &length))
        return m->err->status;
    if (length > m->n - m->at || !take(m, (size_t)length, &p))
        return damaged(m, "ends too early");
    v->text = (const char *)p;
    v->length = (size_t)length;
    return push(m, v);
}

static enum status read_int(struct machine *m, int bytes)
{
    uint64_t number;

    if (!take_number(m, bytes, &number))
        return m->err->status;
    return push_kind(m, PICKLE_INT,
                     bytes == 4 ? (int32_t)(uint32_t)number : (int64_t)number);
}

/* Two's complement, little-endian, as short as it can be. */
static enum status read_long(struct machine *m)
{
    struct pickle_value *v = new_value(m, PICKLE_INT);
    const unsigned char *p;
    uint64_t length, number = 0;

    if (v == NULL || !take_number(m, 1, &length) ||
        !take(m, (size_t)length, &p))
        return m->err->status;
    if (length > 8)
        v->kind = PICKLE_LONG;
    else if (length > 0 && p[length - 1] & 0x80)
        number = UINT64_MAX;
    for (size_t i = (size_t)length; length <= 8 && i-- > 0;)
        number = number << 8 | p[i];
    v->number = (int64_t)number;
    v->text = (const char *)p;
    v->length = (size_t)length;
    return push(m, v);
}

static enum status read_real(struct machine *m)
{
    struct pickle_value *v = new_value(m, PICKLE_REAL);
    const unsigned char *p;
    uint64_t bits = 0;

    if (v == NULL || !take(m, 8, &p))
        return m->err->status;
    for (int i = 0; i < 8; i++)
        bits = bits << 8 | p[i];
    memcpy(&v->real, &bits, sizeof(bits));
    return push(m, v);
}

/* ---- names and calls ---- */

static enum status push_name(struct machine *m, const char *text, size_t n)
{
    for (int i = 0; m->names[i] != NULL; i++)
        if (strlen(m->names[i]) == n && memcmp(m->names[i], text, n) == 0)
            return push_kind(m, PICKLE_NAME, i);
    return refuse_name(m, text, n);
}

/* "module\nname\n"; of an INST it is only refused. */
static enum status read_name(struct machine *m, bool inst)
{
    const unsigned char *p = m->bytes + m->at, *end = m->bytes + m->n;
    const unsigned char *middle = memchr(p, '\n', (size_t)(end - p));
    const unsigned char *last =
        middle == NULL ? NULL
                       : memchr(middle + 1, '\n', (size_t)(end - middle) - 1);
    struct str text = STR_INIT;
    enum status status;

    if (last == NULL)
        return damaged(m, "ends too early");
    str_add_bytes(&text, p, (size_t)(last - p));
    text.text[middle - p] = ' ';
    status = inst ? refuse_name(m, text.text, text.length)
                  : push_name(m, text.text, text.length);
    m->at = (size_t)(last - m->bytes) + 1;
    str_release(&text);
    return status;
}

static enum status stack_name(struct machine *m)
{
    const struct pickle_value *name = pop(m);
    const struct pickle_value *module = name != NULL ? pop(m) : NULL;
    struct str text = STR_INIT;
    enum status status;

    if (module == NULL)
        return m->err->status;
    if (name->kind != PICKLE_TEXT || module->kind != PICKLE_TEXT)
        return damaged(m, "has a name that is no text");
    str_add_bytes(&text, module->text, module->length);
    str_add_char(&text, ' ');
    str_add_bytes(&text, name->text, name->length);
    status = push_name(m, text.text, text.length);
    str_release(&text);
    return status;
}

/* A dict of the pairs in a list that is the only argument, if there is one. */
static enum status call_dict(struct machine *m, const struct pickle_value *args)
{
    struct pickle_value *dict = new_value(m, PICKLE_DICT);
    const struct pickle_value *list = args->count == 1 ? args->items[0] : NULL;

    if (dict == NULL)
        return m->err->status;
    if (args->count > 1 || (list != NULL && list->kind != PICKLE_LIST))
        return damaged(m, "makes a dict of something else than pairs");
    for (int i = 0; list != NULL && i < list->count; i++) {
        const struct pickle_value *pair = list->items[i];

        if ((pair->kind != PICKLE_LIST && pair->kind != PICKLE_TUPLE) ||
            pair->count != 2)
            return damaged(m, "makes a dict of something else than pairs");
        add_item(dict, pair->items[0]);
        add_item(dict, pair->items[1]);
    }
    return push(m, dict);
}

static enum status reduce(struct machine *m)
{
    struct pickle_value *args = pop(m), *call;
    struct pickle_value *called = args != NULL ? pop(m) : NULL;

    if (called == NULL)
        return m->err->status;
    if (called->kind != PICKLE_NAME || args->kind != PICKLE_TUPLE)
        return damaged(m, "calls what is no function");
    if (m->makes[called->number])
        return call_dict(m, args);
    call = new_value(m, PICKLE_CALL);
    if (call == NULL)
        return m->err->status;
    add_item(call, called);
    add_item(call, args);
    return push(m, call);
}

static enum status persistent(struct machine *m)
{
    struct pickle_value *id = pop(m);
    struct pickle_value *v =
        id != NULL ? new_value(m, PICKLE_PERSISTENT) : NULL;

    if (v == NULL)
        return m->err->status;
    add_item(v, id);
    ARRAY_GROW(m->pickle->kept, m->pickle->kept_count, m->pickle->kept_room);
    m->pickle->kept[m->pickle->kept_count++] = v;
    return push(m, v);
}

/* Attributes of a dict, such as the versions of its modules: not needed. */
static enum status build(struct machine *m)
{
    const struct pickle_value *state = pop(m);

    if (state == NULL)
        return m->err->status;
    if (m->depth == 0 || m->stack[m->depth - 1]->kind != PICKLE_DICT)
        return refuse_op(m, BUILD);
    return OK;
}

/* ---- the memo ---- */

static enum status memo_put(struct machine *m, uint64_t place)
{
    if (m->depth == 0 || m->stack[m->depth - 1]->kind == PICKLE_MARK)
        return damaged(m, "takes what is not there");
    if (place >= PICKLE_VALUES_MAX)
        return damaged(m, "remembers too much");
    while ((uint64_t)m->memos <= place) {
        ARRAY_GROW(m->memo, m->memos, m->memo_room);
        m->memo[m->memos++] = NULL;
    }
    m->memo[place] = m->stack[m->depth - 1];
    return OK;
}

static enum status memo_get(struct machine *m, uint64_t place)
{
    if (place >= (uint64_t)m->memos || m->memo[place] == NULL)
        return damaged(m, "recalls what was never there");
    return push(m, m->memo[place]);
}

static enum status memo(struct machine *m, int bytes, bool put)
{
    uint64_t place;

    if (!take_number(m, bytes, &place))
        return m->err->status;
    return put ? memo_put(m, place) : memo_get(m, place);
}

/* ---- the machine ---- */

static enum status pop_mark(struct machine *m)
{
    int first = find_mark(m);

    if (first < 0)
        return m->err->status;
    m->depth = first - 1;
    return OK;
}

static enum status skip(struct machine *m, size_t bytes)
{
    const unsigned char *p;

    return take(m, bytes, &p) ? OK : m->err->status;
}

static enum status small_tuple(struct machine *m, int count)
{
    return m->depth < count ? damaged(m, "takes what is not there")
                            : make_tuple(m, m->depth - count);
}

/* Opcodes that make a value of what stands behind them. */
static enum status step_value(struct machine *m, unsigned char op)
{
    switch (op) {
    case MARK:
        return push_kind(m, PICKLE_MARK, 0);
    case NONE:
        return push_kind(m, PICKLE_NONE, 0);
    case NEWTRUE:
    case NEWFALSE:
        return push_kind(m, PICKLE_BOOL, op == NEWTRUE);
    case EMPTY_LIST:
        return push_kind(m, PICKLE_LIST, 0);
    case EMPTY_DICT:
        return push_kind(m, PICKLE_DICT, 0);
    case EMPTY_TUPLE:
        return push_kind(m, PICKLE_TUPLE, 0);
    case BININT:
        return read_int(m, 4);
    case BININT1:
        return read_int(m, 1);
    case BININT2:
        return read_int(m, 2);
    case LONG1:
        return read_long(m);
    case BINFLOAT:
        return read_real(m);
    case SHORT_BINSTRING:
    case SHORT_BINUNICODE:
        return read_text(m, 1);
    case BINSTRING:
    case BINUNICODE:
        return read_text(m, 4);
    case BINUNICODE8:
        return read_text(m, 8);
    case GLOBAL:
    case INST:
        return read_name(m, op == INST);
    default:
        return refuse_op(m, op);
    }
}

static enum status step(struct machine *m, unsigned char op)
{
    switch (op) {
    case PROTO:
        return skip(m, 1);
    case FRAME:
        return skip(m, 8);
    case POP:
        return pop(m) != NULL ? OK : m->err->status;
    case POP_MARK:
        return pop_mark(m);
    case TUPLE:
        return marked_tuple(m);
    case TUPLE1:
    case TUPLE2:
    case TUPLE3:
        return small_tuple(m, op - TUPLE1 + 1);
    case APPEND:
        return put_items(m, PICKLE_LIST, 1);
    case APPENDS:
        return put_items(m, PICKLE_LIST, 0);
    case SETITEM:
        return put_items(m, PICKLE_DICT, 2);
    case SETITEMS:
        return put_items(m, PICKLE_DICT, 0);
    case BINPUT:
    case LONG_BINPUT:
        return memo(m, op == BINPUT ? 1 : 4, true);
    case BINGET:
    case LONG_BINGET:
        return memo(m, op == BINGET ? 1 : 4, false);
    case MEMOIZE:
        return memo_put(m, (uint64_t)m->memos);
    case STACK_GLOBAL:
        return stack_name(m);
    case REDUCE:
        return reduce(m);
    case BINPERSID:
        return persistent(m);
    case BUILD:
        return build(m);
    default:
        return step_value(m, op);
    }
}

static enum status run(struct machine *m)
{
    const unsigned char *op;

    for (;;) {
        if (!take(m, 1, &op))
            return m->err->status;
        if (*op == STOP)
            break;
        if (step(m, *op) != OK)
            return m->err->status;
    }
    m->pickle->root = pop(m);
    if (m->pickle->root == NULL)
        return m->err->status;
    return m->depth == 0 ? OK : damaged(m, "leaves values over");
}

enum status pickle_read(struct pickle *out, const unsigned char *bytes,
                        size_t n, size_t base, const char *const *names,
                        const bool *makes, const char *name, struct err *err)
{
    struct pickle pickle = {.root = NULL};
    struct machine m = {.pickle = &pickle,
                        .bytes = bytes,
                        .n = n,
                        .base = base,
                        .names = names,
                        .makes = makes,
                        .name = name,
                        .err = err};
    enum status status = run(&m);

    free(m.stack);
    free(m.memo);
    pickle.used = m.at;
    if (status == OK)
        *out = pickle;
    else
        pickle_release(&pickle);
    return status;
}
