-- An epoch; one that was done again replaces what it was.
INSERT OR REPLACE INTO history (model_id, step, phase, epoch, loss, rate, top1,
    top5, mhd, ed, ties, duration, at)
VALUES (:model, :step, :phase, :epoch, :loss, :rate, :top1,
    :top5, :mhd, :ed, :ties, :duration, :at)
