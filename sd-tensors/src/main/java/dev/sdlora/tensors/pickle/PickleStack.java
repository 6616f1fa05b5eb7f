package dev.sdlora.tensors.pickle;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The stack of the machine that executes a pickle. Marks divide it; values below the last mark are
 * inaccessible.
 */
final class PickleStack {
  private final List<Object> values = new ArrayList<>();
  private final Deque<Integer> marks = new ArrayDeque<>();

  void push(Object value) {
    values.add(value);
  }

  /** Sets a mark above the current values. */
  void mark() {
    marks.push(values.size());
  }

  Object top() throws PickleException {
    if (values.size() <= bottom()) {
      throw PickleException.damaged("no value where one is expected");
    }
    return values.get(values.size() - 1);
  }

  Object pop() throws PickleException {
    Object top = top();
    values.remove(values.size() - 1);
    return top;
  }

  /** Removes and returns the given number of values, the top one last, as a new list. */
  List<Object> pop(int count) throws PickleException {
    if (values.size() - count < bottom()) {
      throw PickleException.damaged("no value where one is expected");
    }
    return cut(values.size() - count);
  }

  /** Removes the last mark and the values above it, and returns the values as a new list. */
  List<Object> popToMark() throws PickleException {
    if (marks.isEmpty()) {
      throw PickleException.damaged("the end of a list without its beginning");
    }
    return cut(marks.pop());
  }

  private List<Object> cut(int from) {
    List<Object> tail = values.subList(from, values.size());
    List<Object> taken = new ArrayList<>(tail);
    tail.clear();
    return taken;
  }

  private int bottom() {
    return marks.isEmpty() ? 0 : marks.peek();
  }
}
