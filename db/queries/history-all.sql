-- The epochs of a model.
SELECT step, phase, epoch, loss, rate, top1, top5, mhd, ed, ties, duration, at
FROM history WHERE model_id = :model ORDER BY step
