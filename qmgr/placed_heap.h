// PlacedHeap is a heap whose items know their place in it, so that any of them can be taken out.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace qmgr {

// Order::before(a, b) says which of two comes first; Order::place(item) is where the item keeps its
// place. Items are owned elsewhere and stay where they are; 8 bytes each are kept of them.
template <class Item, class Order>
class PlacedHeap {
  public:
    bool empty() const { return items_.empty(); }
    size_t size() const { return items_.size(); }
    // The one that comes before all others; there must be one.
    Item& first() const { return *items_.front(); }
    const std::vector<Item*>& items() const { return items_; }

    void push(Item& item) {
        items_.push_back(&item);
        Order::place(item) = static_cast<uint32_t>(items_.size() - 1);
        rise(items_.size() - 1);
    }
    void remove(Item& item) {
        size_t at = Order::place(item);
        Item* last = items_.back();
        items_.pop_back();
        if (last == &item)
            return;
        put(at, last);
        settle(at);
    }
    // After the order of all may have changed.
    void rebuild() {
        for (size_t at = items_.size() / 2; at-- > 0;)
            sink(at);
    }

  private:
    void put(size_t at, Item* item) {
        items_[at] = item;
        Order::place(*item) = static_cast<uint32_t>(at);
    }
    void exchange(size_t a, size_t b) {
        Item* moved = items_[a];
        put(a, items_[b]);
        put(b, moved);
    }
    bool before(size_t a, size_t b) const { return Order::before(*items_[a], *items_[b]); }
    size_t rise(size_t at) {
        for (; at > 0 && before(at, (at - 1) / 2); at = (at - 1) / 2)
            exchange(at, (at - 1) / 2);
        return at;
    }
    void sink(size_t at) {
        for (size_t child; (child = 2 * at + 1) < items_.size(); at = child) {
            if (child + 1 < items_.size() && before(child + 1, child))
                ++child;
            if (!before(child, at))
                return;
            exchange(child, at);
        }
    }
    void settle(size_t at) { sink(rise(at)); }

    std::vector<Item*> items_;
};

}  // namespace qmgr
