# The explorer's answer to keys on 1000 classes and 30,000 images, in ms, with
# an idle machine and while a worker encodes 224x224 pictures with a ResNet50 on
# all processors. The peer is the budget.
. "$bench/ui-lib.sh"
ours=$work/c.bitgrove

ui_key_p99() {
    "$build/../make-large" "$ours" 1000 20 20 10 &&
        key_times "$name-idle" '' jjjjkjjlhk "$ours" && start_worker ||
        return 1
    key_times "$name" '' jjjjkjjlhk "$ours"
    status=$?
    stop_worker
    return $status
}
ui_key_p99
