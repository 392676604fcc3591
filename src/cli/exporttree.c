#include <config.h>

#include "cli/exports.h"

#include "cli/taxon.h"
#include "taxonomy/dot.h"
#include "taxonomy/newick.h"

enum status export_tree(const struct export *to, struct err *err)
{
    struct taxon t;
    struct str text = STR_INIT;
    enum status status = taxon_load(&t, to->s, 0, LINKAGE_AVERAGE, err);

    if (status == OK) {
        if (to->format == FORMAT_SVG)
            status = taxon_svg(&text, &t, to->s, LINKAGE_AVERAGE, NULL, err);
        else if (to->format == FORMAT_DOT)
            dot_write(&text, &t.dendro, t.names);
        else if (to->format == FORMAT_JSON)
            taxon_json(&text, &t, to->s, LINKAGE_AVERAGE);
        else
            newick_write(&text, &t.dendro, t.names);
    }
    if (status == OK)
        fputs(text.text, to->out);
    str_release(&text);
    taxon_release(&t);
    return status;
}
