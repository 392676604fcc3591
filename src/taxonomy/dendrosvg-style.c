#include <config.h>

#include "codes/bithue.h"
#include "taxonomy/dendrosvg.h"

void dendrosvg_style(struct str *out, int bits)
{
    str_add(
        out,
        ".dg-paper{fill:#fdfcf9}.dg-branch,.dg-split,.dg-rule{fill:none}\n"
        ".dg-branch{stroke:#a9a59b}.dg-split{stroke:currentColor;"
        "stroke-width:1.6}\n"
        ".dg-rule{stroke:#eceae3}.dg-title{fill:#1d1c1a;font-size:19px;"
        "font-family:Georgia,'Iowan Old Style','Times New Roman',serif}\n"
        ".dg-sub,.dg-scale{fill:#77736a}.dg-name{fill:#1d1c1a}\n"
        "svg.dg text{font-family:system-ui,-apple-system,'Segoe UI',"
        "'Noto Sans','DejaVu Sans',sans-serif;font-size:11px}\n"
        "svg.dg text.dg-title{font-family:Georgia,'Iowan Old Style',"
        "'Times New Roman',serif;font-size:20px}\n"
        "svg.dg .dg-scale text{font-size:10px;text-anchor:middle}\n"
        "svg.dg text.dg-bit{fill:currentColor;font-size:7px}\n"
        ".dg-on{fill:currentColor}.dg-off{fill:#c9c5ba}\n"
        "svg.dg .dg-dots text{font-size:8px;text-anchor:middle;"
        "font-weight:600}\n"
        ".dg-full circle{fill:currentColor;stroke:currentColor}"
        ".dg-full text{fill:#fff}\n"
        ".dg-ring circle{fill:#fdfcf9;stroke:currentColor;stroke-width:1.4}"
        ".dg-ring text{fill:currentColor}\n"
        ".dg-none circle{fill:#a9a59b}.dg-fold{fill:#d5d0c3;stroke:#d5d0c3}\n");
    for (int dark = 0; dark <= 1; dark++) {
        str_add(out,
                dark ? "@media(prefers-color-scheme:dark){\n"
                       ".dg-paper{fill:#161719}.dg-branch{stroke:#5d6066}"
                       ".dg-rule{stroke:#24262a}\n"
                       ".dg-title,.dg-name{fill:#e8e6e1}"
                       ".dg-sub,.dg-scale{fill:#9a9ca1}.dg-off{fill:#45484e}\n"
                       ".dg-full text{fill:#161719}.dg-ring circle{fill:"
                       "#161719}.dg-none circle{fill:#5d6066}"
                       ".dg-fold{fill:#3b3f45;stroke:#3b3f45}\n"
                     : "");
        for (int bit = 0; bit < bits; bit++)
            str_addf(out, ".dg-%d{color:#%06x}", bit, bithue(bit, dark));
        str_add(out, dark ? "\n}\n" : "\n");
    }
}
