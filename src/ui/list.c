#include <config.h>

#include "ui/list.h"

void list_fit(struct list *list, int count, int rows)
{
    int last;

    list->count = count;
    list->rows = rows > 0 ? rows : 1;
    last = count > 0 ? count - 1 : 0;
    if (list->cursor > last)
        list->cursor = last;
    if (list->cursor < 0)
        list->cursor = 0;
    if (list->top > count - list->rows)
        list->top = count - list->rows;
    if (list->top > list->cursor)
        list->top = list->cursor;
    if (list->top < list->cursor - list->rows + 1)
        list->top = list->cursor - list->rows + 1;
    if (list->top < 0)
        list->top = 0;
}

bool list_act(struct list *list, enum action action)
{
    int page = list->rows > 1 ? list->rows - 1 : 1;

    switch (action) {
    case ACTION_UP:
        list->cursor--;
        break;
    case ACTION_DOWN:
        list->cursor++;
        break;
    case ACTION_PAGE_UP:
        list->cursor -= page;
        list->top -= page;
        break;
    case ACTION_PAGE_DOWN:
        list->cursor += page;
        list->top += page;
        break;
    case ACTION_FIRST:
        list->cursor = 0;
        break;
    case ACTION_LAST:
        list->cursor = list->count - 1;
        break;
    default:
        return false;
    }
    list_fit(list, list->count, list->rows);
    return true;
}
