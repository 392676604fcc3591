#include <config.h>

#include "formats/onnx.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "formats/input.h"

/* A name where it stands in the file. */
struct word {
    const unsigned char *at;
    size_t length;
};

struct reading {
    struct onnx *onnx;
    struct word *words; /* all names of values, sorted, each once */
    int words_count, words_room;
    struct err *err;
};

static enum status bad(const struct reading *r, const char *what)
{
    return err_set(r->err, ERR_BAD_INPUT,
                   "%s %s: the file is damaged or no ONNX; export it again",
                   r->onnx->file, what);
}

static char *text_of(const struct proto *p)
{
    struct str s = STR_INIT;

    str_add_bytes(&s, p->at, proto_length(p));
    return str_take(&s);
}

/* ---- names to numbers ---- */

static int by_text(const void *a, const void *b)
{
    const struct word *v = a, *w = b;
    size_t n = v->length < w->length ? v->length : w->length;
    int order = n > 0 ? memcmp(v->at, w->at, n) : 0;

    return order != 0 ? order
                      : (v->length > w->length) - (v->length < w->length);
}

static void note_word(struct reading *r, const struct proto *p)
{
    if (p->at == p->end)
        return;
    ARRAY_GROW(r->words, r->words_count, r->words_room);
    r->words[r->words_count++] = (struct word){p->at, proto_length(p)};
}

static void sort_words(struct reading *r)
{
    int kept = 0;

    if (r->words_count > 0)
        qsort(r->words, (size_t)r->words_count, sizeof(*r->words), by_text);
    for (int i = 0; i < r->words_count; i++)
        if (kept == 0 || by_text(&r->words[kept - 1], &r->words[i]) != 0)
            r->words[kept++] = r->words[i];
    r->words_count = kept;
    r->onnx->values = mem_zalloc((size_t)kept + 1, sizeof(*r->onnx->values));
    for (int i = 0; i < kept; i++) {
        const struct word *w = &r->words[i];

        r->onnx->values[r->onnx->value_count++].name =
            text_of(&(struct proto){w->at, w->at + w->length});
    }
}

/* -1 for the empty name, which leaves something out. */
static int value_number(const struct reading *r, const struct proto *p)
{
    struct word want = {p->at, proto_length(p)};
    const struct word *found;

    if (want.length == 0 || r->words_count == 0)
        return -1;
    found =
        bsearch(&want, r->words, (size_t)r->words_count, sizeof(want), by_text);
    return found == NULL ? -1 : (int)(found - r->words);
}

/* The first bytes of that number in a message; an empty one without. */
static struct proto find_bytes(struct proto p, uint32_t number)
{
    struct proto_field f;

    while (proto_next(&p, &f))
        if (f.number == number && f.bytes)
            return f.inner;
    return (struct proto){p.end, p.end};
}

/* Fields of the messages. */
enum { NODE = 1, INITIALIZER = 5, INPUT = 11, OUTPUT = 12, SPARSE = 15 };
enum { TENSOR_NAME = 8, NODE_INPUT = 1, NODE_OUTPUT = 2 };

static enum status list_words(struct reading *r, struct proto graph)
{
    struct onnx *o = r->onnx;
    struct proto_field f, g;

    while (proto_next(&graph, &f)) {
        struct proto p = f.inner, name;

        if (!f.bytes)
            continue;
        if (f.number == SPARSE)
            return bad(r, "has sparse weights, which are not read");
        if (f.number == INITIALIZER) {
            name = find_bytes(p, TENSOR_NAME);
            note_word(r, &name);
            o->tensor_count++;
        } else if (f.number == INPUT || f.number == OUTPUT) {
            name = find_bytes(p, 1);
            note_word(r, &name);
            *(f.number == INPUT ? &o->input_count : &o->output_count) += 1;
        } else if (f.number == NODE) {
            o->node_count++;
            while (proto_next(&p, &g))
                if (g.bytes &&
                    (g.number == NODE_INPUT || g.number == NODE_OUTPUT))
                    note_word(r, &g.inner);
        }
    }
    if (graph.at != graph.end)
        return bad(r, "has a graph that is cut off");
    if (o->node_count > ONNX_NODES_MAX || o->tensor_count > ONNX_NODES_MAX ||
        o->input_count > ONNX_LIST_MAX || o->output_count > ONNX_LIST_MAX)
        return bad(r, "has more than 65536 nodes or weights");
    sort_words(r);
    return OK;
}

/* ---- attributes and nodes ---- */

static bool add_real(struct onnx_attribute *a, uint64_t bits)
{
    uint32_t low = (uint32_t)bits;
    float real;

    memcpy(&real, &low, sizeof(real));
    if (a->count >= ONNX_LIST_MAX)
        return false;
    a->reals = mem_realloc(a->reals, (size_t)a->count + 1, sizeof(*a->reals));
    a->reals[a->count++] = (double)real;
    return true;
}

static bool add_whole(struct onnx_attribute *a, uint64_t bits)
{
    if (a->count >= ONNX_LIST_MAX)
        return false;
    a->wholes =
        mem_realloc(a->wholes, (size_t)a->count + 1, sizeof(*a->wholes));
    a->wholes[a->count++] = (int64_t)bits;
    return true;
}

static bool add_reals(struct onnx_attribute *a, struct proto_field *f)
{
    uint32_t low;

    if (a->wholes != NULL)
        return false;
    if (!f->bytes)
        return add_real(a, f->value);
    for (; proto_length(&f->inner) >= 4; f->inner.at += 4) {
        memcpy(&low, f->inner.at, sizeof(low));
        if (!add_real(a, low))
            return false;
    }
    return f->inner.at == f->inner.end;
}

static bool add_wholes(struct onnx_attribute *a, struct proto_field *f)
{
    uint64_t value;

    if (a->reals != NULL)
        return false;
    if (!f->bytes)
        return add_whole(a, f->value);
    while (proto_varint(&f->inner, &value))
        if (!add_whole(a, value))
            return false;
    return f->inner.at == f->inner.end;
}

static bool read_attribute(struct onnx_attribute *a, struct proto p)
{
    enum { NAME = 1, REAL, WHOLE, TEXT, TENSOR, GRAPH, REALS, WHOLES };
    struct proto_field f;
    float real;
    bool good = true;

    while (good && proto_next(&p, &f)) {
        uint32_t low = (uint32_t)f.value;

        if (f.number == NAME && f.bytes && a->name == NULL) {
            a->name = text_of(&f.inner);
        } else if (f.number == REAL && !f.bytes) {
            memcpy(&real, &low, sizeof(real));
            a->real = (double)real;
        } else if (f.number == WHOLE && !f.bytes) {
            a->whole = (int64_t)f.value;
        } else if (f.number == TEXT && f.bytes && a->text == NULL) {
            a->text = text_of(&f.inner);
        } else if (f.number == TENSOR && f.bytes) {
            a->has_tensor = true;
            good = onnx_parse_tensor(&a->tensor, f.inner);
        } else if (f.number == REALS) {
            good = add_reals(a, &f);
        } else if (f.number == WHOLES) {
            good = add_wholes(a, &f);
        } else if (f.number == GRAPH) {
            good = false;
        }
    }
    return good && p.at == p.end && a->name != NULL;
}

/* How many of a node's inputs, outputs and attributes there are. */
static void count_parts(struct proto p, int counts[3])
{
    struct proto_field f;

    memset(counts, 0, 3 * sizeof(*counts));
    while (proto_next(&p, &f))
        if (f.bytes && (f.number == NODE_INPUT || f.number == NODE_OUTPUT ||
                        f.number == 5))
            counts[f.number == 5 ? 2 : f.number - NODE_INPUT]++;
}

static void name_op(struct onnx_node *node, const struct proto *op,
                    const struct proto *domain)
{
    struct str s = STR_INIT;

    str_add_bytes(&s, domain->at, proto_length(domain));
    if (strcmp(s.text, "ai.onnx") == 0)
        str_clear(&s);
    if (s.length > 0)
        str_add_char(&s, '.');
    str_add_bytes(&s, op->at, proto_length(op));
    node->op = str_take(&s);
}

static enum status read_node(struct reading *r, struct onnx_node *node,
                             struct proto p)
{
    enum { NAME = 3, OP = 4, ATTRIBUTE = 5, DOMAIN = 7 };
    struct proto op = find_bytes(p, OP), domain = find_bytes(p, DOMAIN);
    struct proto name = find_bytes(p, NAME);
    struct proto_field f;
    int counts[3];

    count_parts(p, counts);
    if (counts[0] > ONNX_LIST_MAX || counts[1] > ONNX_LIST_MAX ||
        counts[2] > ONNX_LIST_MAX)
        return bad(r, "has a node with more than 65536 inputs");
    name_op(node, &op, &domain);
    node->name = text_of(&name);
    node->inputs = mem_zalloc((size_t)counts[0] + 1, sizeof(int));
    node->outputs = mem_zalloc((size_t)counts[1] + 1, sizeof(int));
    node->attributes =
        mem_zalloc((size_t)counts[2] + 1, sizeof(*node->attributes));
    while (proto_next(&p, &f)) {
        if (!f.bytes)
            continue;
        if (f.number == NODE_INPUT)
            node->inputs[node->input_count++] = value_number(r, &f.inner);
        else if (f.number == NODE_OUTPUT)
            node->outputs[node->output_count++] = value_number(r, &f.inner);
        else if (f.number == ATTRIBUTE &&
                 !read_attribute(&node->attributes[node->attribute_count++],
                                 f.inner))
            return err_set(r->err, ERR_BAD_INPUT,
                           "%s: an attribute of the %.60s %.80s is damaged, or "
                           "a graph of its own, which is not read",
                           r->onnx->file, node->op, node->name);
    }
    return p.at == p.end ? OK : bad(r, "has a node that is cut off");
}

/* ---- inputs and outputs ---- */

static void read_port(const struct reading *r, struct onnx_port *port,
                      struct proto p)
{
    struct proto name = find_bytes(p, 1), shape;
    struct proto type = find_bytes(find_bytes(p, 2), 1);
    struct proto_field f, g;

    *port = (struct onnx_port){.value = value_number(r, &name), .dims = -1};
    shape = type;
    while (proto_next(&shape, &f)) {
        if (f.number == 1 && !f.bytes)
            port->type = (int)(f.value & 0xffff);
        if (f.number != 2 || !f.bytes)
            continue;
        port->dims = 0;
        while (proto_next(&f.inner, &g) && port->dims < ONNX_DIMS_MAX) {
            struct proto dim = g.inner;
            int64_t size = -1;
            struct proto_field h;

            if (g.number != 1 || !g.bytes)
                continue;
            while (proto_next(&dim, &h))
                if (h.number == 1 && !h.bytes)
                    size = (int64_t)h.value > 0 ? (int64_t)h.value : -1;
            port->shape[port->dims++] = size;
        }
    }
}

/* ---- the graph ---- */

static enum status read_initializer(struct reading *r, struct onnx_tensor *t,
                                    struct proto p)
{
    struct proto name = find_bytes(p, TENSOR_NAME);
    int number = value_number(r, &name);

    if (!onnx_parse_tensor(t, p))
        return bad(r, "has weights that are damaged, or in another file");
    if (number < 0 || r->onnx->values[number].weights != NULL)
        return bad(r, "has weights without a name, or twice");
    r->onnx->values[number].weights = t;
    return OK;
}

static enum status read_graph(struct reading *r, struct proto graph)
{
    struct onnx *o = r->onnx;
    int nodes = 0, tensors = 0, inputs = 0, outputs = 0;
    struct proto p = graph;
    struct proto_field f;
    enum status status = list_words(r, graph);

    if (status != OK)
        return status;
    o->nodes = mem_zalloc((size_t)o->node_count + 1, sizeof(*o->nodes));
    o->tensors = mem_zalloc((size_t)o->tensor_count + 1, sizeof(*o->tensors));
    o->inputs = mem_zalloc((size_t)o->input_count + 1, sizeof(*o->inputs));
    o->outputs = mem_zalloc((size_t)o->output_count + 1, sizeof(*o->outputs));
    while (status == OK && proto_next(&p, &f)) {
        if (!f.bytes)
            continue;
        if (f.number == INITIALIZER)
            status = read_initializer(r, &o->tensors[tensors++], f.inner);
        else if (f.number == NODE)
            status = read_node(r, &o->nodes[nodes++], f.inner);
        else if (f.number == INPUT)
            read_port(r, &o->inputs[inputs++], f.inner);
        else if (f.number == OUTPUT)
            read_port(r, &o->outputs[outputs++], f.inner);
    }
    return status;
}

/* Before version 4 of the format weights were listed as inputs as well. */
static void drop_weights(struct onnx *o)
{
    int kept = 0;

    for (int i = 0; i < o->input_count; i++)
        if (o->inputs[i].value >= 0 &&
            o->values[o->inputs[i].value].weights == NULL)
            o->inputs[kept++] = o->inputs[i];
    o->input_count = kept;
}

/* ---- order ---- */

struct ordering {
    bool *known;      /* values */
    int *order, done; /* nodes */
    bool *placed;
};

static enum status check_makers(struct reading *r, struct ordering *s)
{
    struct onnx *o = r->onnx;
    bool *made = mem_zalloc((size_t)o->value_count + 1, sizeof(*made));
    const char *twice = NULL;

    for (int v = 0; v < o->value_count; v++)
        made[v] = s->known[v];
    for (int n = 0; n < o->node_count; n++)
        for (int i = 0; i < o->nodes[n].output_count; i++) {
            int v = o->nodes[n].outputs[i];

            if (v >= 0 && made[v])
                twice = o->values[v].name;
            if (v >= 0)
                made[v] = true;
        }
    free(made);
    return twice == NULL ? OK
                         : err_set(r->err, ERR_BAD_INPUT,
                                   "%s: the tensor %.80s is made twice: the "
                                   "file is damaged; export it again",
                                   o->file, twice);
}

static bool is_ready(const struct ordering *s, const struct onnx_node *node)
{
    for (int i = 0; i < node->input_count; i++)
        if (node->inputs[i] >= 0 && !s->known[node->inputs[i]])
            return false;
    return true;
}

/* Files have their nodes in order; others are given as many passes as they
 * need, within reason. */
#define PASSES_MOST 64

static enum status place_nodes(struct reading *r, struct ordering *s)
{
    struct onnx *o = r->onnx;
    int before = -1;

    for (int pass = 0; pass < PASSES_MOST && s->done > before; pass++) {
        before = s->done;
        for (int n = 0; n < o->node_count; n++) {
            const struct onnx_node *node = &o->nodes[n];

            if (s->placed[n] || !is_ready(s, node))
                continue;
            s->placed[n] = true;
            s->order[s->done++] = n;
            for (int i = 0; i < node->output_count; i++)
                if (node->outputs[i] >= 0)
                    s->known[node->outputs[i]] = true;
        }
    }
    for (int n = 0; n < o->node_count; n++)
        if (!s->placed[n])
            return err_set(r->err, ERR_BAD_INPUT,
                           "%s: the %.60s %.80s waits for what nothing makes, "
                           "or for itself (a cycle): the file is damaged; "
                           "export it again",
                           o->file, o->nodes[n].op, o->nodes[n].name);
    return OK;
}

static enum status order_nodes(struct reading *r)
{
    struct onnx *o = r->onnx;
    size_t values = (size_t)o->value_count + 1;
    size_t nodes = (size_t)o->node_count + 1;
    struct ordering s = {.known = mem_zalloc(values, sizeof(bool)),
                         .order = mem_zalloc(nodes, sizeof(int)),
                         .placed = mem_zalloc(nodes, sizeof(bool))};
    struct onnx_node *ordered;
    enum status status;

    for (int v = 0; v < o->value_count; v++)
        s.known[v] = o->values[v].weights != NULL;
    for (int i = 0; i < o->input_count; i++)
        s.known[o->inputs[i].value] = true;
    status = check_makers(r, &s);
    if (status == OK)
        status = place_nodes(r, &s);
    if (status == OK) {
        ordered = mem_zalloc(nodes, sizeof(*ordered));
        for (int n = 0; n < o->node_count; n++)
            ordered[n] = o->nodes[s.order[n]];
        free(o->nodes);
        o->nodes = ordered;
    }
    free(s.known);
    free(s.order);
    free(s.placed);
    return status;
}

/* ---- the file ---- */

static enum status parse(struct reading *r, struct proto model)
{
    enum { GRAPH = 7, OPSET = 8 };
    struct onnx *o = r->onnx;
    struct proto graph = {NULL, NULL};
    struct proto_field f, g;
    enum status status;

    while (proto_next(&model, &f)) {
        struct proto domain;
        int64_t version = 0;

        if (f.number == GRAPH && f.bytes)
            graph = f.inner;
        if (f.number != OPSET || !f.bytes)
            continue;
        domain = find_bytes(f.inner, 1);
        while (proto_next(&f.inner, &g))
            if (g.number == 2)
                version = (int64_t)g.value;
        if (domain.at == domain.end || (proto_length(&domain) == 7 &&
                                        memcmp(domain.at, "ai.onnx", 7) == 0))
            o->opset = version;
    }
    if (model.at != model.end || graph.at == NULL || o->opset < 1)
        return bad(r, "is not the model of a network");
    status = read_graph(r, graph);
    if (status != OK)
        return status;
    drop_weights(o);
    return order_nodes(r);
}

static enum status read_input(struct onnx *out, struct input *in,
                              struct err *err)
{
    struct onnx onnx = {.file = mem_strdup(in->name)};
    struct reading r = {.onnx = &onnx, .err = err};
    size_t n = 0;
    enum status status =
        input_take(in, ONNX_BYTES_MAX + 1, &onnx.data, &n, err);

    input_close(in);
    if (status == OK && n > ONNX_BYTES_MAX)
        status = bad(&r, "has more than 2 GiB");
    if (status == OK)
        status = parse(&r, (struct proto){onnx.data, onnx.data + n});
    free(r.words);
    if (status == OK)
        *out = onnx;
    else
        onnx_release(&onnx);
    return status;
}

enum status onnx_read(struct onnx *out, const char *path, struct err *err)
{
    struct input in;
    enum status status = input_open(&in, path, err);

    return status == OK ? read_input(out, &in, err) : status;
}

void onnx_release(struct onnx *onnx)
{
    for (int i = 0; i < onnx->value_count; i++)
        free(onnx->values[i].name);
    for (int n = 0; onnx->nodes != NULL && n < onnx->node_count; n++) {
        struct onnx_node *node = &onnx->nodes[n];

        for (int i = 0; i < node->attribute_count; i++) {
            free(node->attributes[i].name);
            free(node->attributes[i].text);
            free(node->attributes[i].reals);
            free(node->attributes[i].wholes);
        }
        free(node->attributes);
        free(node->inputs);
        free(node->outputs);
        free(node->name);
        free(node->op);
    }
    free(onnx->values);
    free(onnx->nodes);
    free(onnx->inputs);
    free(onnx->outputs);
    free(onnx->tensors);
    free(onnx->data);
    free(onnx->file);
    memset(onnx, 0, sizeof(*onnx));
}
