"""Writes tests/golden/npy/: what NumPy makes of features and labels.

Run with Debian's python3-numpy in this directory. The values, row i, column j:
(i - 1) * 1.5 + j / 4, exact in every type. halves.txt: FNV-1a of all 65536 halves as floats, any NaN
as one.
"""

import numpy as np

rows = np.array([[(i - 1) * 1.5 + j / 4 for j in range(5)] for i in range(3)])
labels = np.array([2, 0, 7])
for kind in "f2", "f4", "f8":
    np.save(f"npy/{kind}.npy", rows.astype("<" + kind))
for kind in "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8":
    np.save(f"npy/{kind}.npy", labels.astype("<" + kind))
np.save("npy/big.npy", rows.astype(">f4"))
np.save("npy/fortran.npy", np.asfortranarray(rows.astype("f4")))
np.save("npy/object.npy", np.array([{}, None], dtype=object), allow_pickle=True)
np.save("npy/complex.npy", rows.astype("c8"))
np.save("npy/negative.npy", np.array([1, -1, 0]))
np.savez("npy/stored.npz", features=rows.astype("f2"), labels=labels)
np.savez("npy/other.npz", X=rows.astype("f4"), y=labels.astype("u1"))
np.savez("npy/plain.npz", rows.astype("f4"), labels)
np.savez("npy/alone.npz", whatever=rows.astype("f8"))
np.savez_compressed("npy/packed.npz", features=rows, labels=labels)
floats = np.arange(65536, dtype="u2").view("f2").astype("f4")
floats[np.isnan(floats)] = np.nan
with open("npy/halves.txt", "w") as f:
    sum_ = 0xcbf29ce484222325
    for b in floats.view("u4").astype("<u4").tobytes():
        sum_ = (sum_ ^ b) * 0x100000001b3 % 2**64
    f.write(f"{sum_:016x}\n")
