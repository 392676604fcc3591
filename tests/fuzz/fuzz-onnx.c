#include <config.h>

#include "fuzz/fuzz.h"

#include <stdlib.h>

#include "formats/onnx.h"

/* Elements are there if they can be read, in whichever way. */
static void look(const struct onnx_tensor *t)
{
    size_t bytes = (size_t)(t->elements.end - t->elements.at);
    int64_t *room;

    if (t->count > bytes)
        return;
    room = calloc(t->count + 1, sizeof(*room));
    FUZZ_PROMISE(!onnx_wholes(t, room) || t->type != ONNX_FLOAT);
    FUZZ_PROMISE(!onnx_floats(t, (float *)room) || t->type != ONNX_INT64);
    free(room);
}

int fuzz_onnx(const uint8_t *bytes, size_t n)
{
    struct onnx o = {.node_count = 0};
    struct err err = {OK, ""};

    if (onnx_read(&o, fuzz_file(bytes, n), &err) != OK) {
        FUZZ_PROMISE(err.status != OK && err.text[0] != '\0');
        FUZZ_PROMISE(o.nodes == NULL && o.data == NULL);
        return 0;
    }
    fuzz_taken++;
    for (int i = 0; i < o.node_count; i++) {
        const struct onnx_node *node = &o.nodes[i];

        for (int j = 0; j < node->input_count; j++)
            FUZZ_PROMISE(node->inputs[j] >= -1 &&
                         node->inputs[j] < o.value_count);
        for (int j = 0; j < node->output_count; j++)
            FUZZ_PROMISE(node->outputs[j] >= -1 &&
                         node->outputs[j] < o.value_count);
        for (int j = 0; j < node->attribute_count; j++)
            if (node->attributes[j].has_tensor)
                look(&node->attributes[j].tensor);
    }
    for (int i = 0; i < o.tensor_count; i++)
        look(&o.tensors[i]);
    onnx_release(&o);
    return 0;
}
