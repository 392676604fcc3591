#include <config.h>

#include "ui/view.h"

#include <string.h>

#include "ui/marks.h"
#include "ui/views/views.h"

const struct view_ops *view_ops_of(enum view_kind kind)
{
    static const struct view_ops *const table[VIEW_KINDS] = {
        [VIEW_TREE] = &view_tree,       [VIEW_CLASS] = &view_class,
        [VIEW_BITS] = &view_bits,       [VIEW_NEAR] = &view_near,
        [VIEW_IMAGES] = &view_images,   [VIEW_OUTLIERS] = &view_outliers,
        [VIEW_MODELS] = &view_models,   [VIEW_JOBS] = &view_jobs,
        [VIEW_COMPARE] = &view_compare, [VIEW_HELP] = &view_help,
        [VIEW_MAP] = &view_map,
    };

    return table[kind];
}

bool view_find_in_list(struct list *list, int *origin, enum find_step step,
                       bool (*matches)(void *context, int row), void *context)
{
    int from = list->cursor, by = step == FIND_PREVIOUS ? -1 : 1;

    if (step == FIND_START) {
        *origin = list->cursor;
        return true;
    }
    if (step == FIND_CANCEL || step == FIND_CHANGE)
        from = *origin;
    if (step == FIND_NEXT || step == FIND_PREVIOUS)
        from += by;
    for (int i = 0; step != FIND_CANCEL && i < list->count; i++) {
        int row = (from + by * i + 2 * list->count) % list->count;

        if (matches(context, row)) {
            list->cursor = row;
            list_fit(list, list->count, list->rows);
            return true;
        }
    }
    if (step == FIND_CHANGE || step == FIND_CANCEL)
        list->cursor = *origin;
    list_fit(list, list->count, list->rows);
    return step == FIND_CANCEL;
}

void view_range_in_list(struct view *view, const struct list *list,
                        const struct target *from, struct marks *marks,
                        void (*row_target)(const struct view *view, int row,
                                           struct target *out))
{
    struct target target;
    int at = list->cursor;

    for (int row = 0; row < list->count; row++) {
        memset(&target, 0, sizeof(target));
        row_target(view, row, &target);
        if (target_same(&target, from))
            at = row;
    }
    for (int row = at < list->cursor ? at : list->cursor;
         row < list->count && row <= (at < list->cursor ? list->cursor : at);
         row++) {
        memset(&target, 0, sizeof(target));
        row_target(view, row, &target);
        marks_set(marks, &target, true);
    }
}
