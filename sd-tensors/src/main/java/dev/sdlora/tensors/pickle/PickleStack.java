package dev.sdlora.tensors.pickle;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The stack of the machine that a pickle is a program for. Marks divide it; values below the last
 * mark are out of reach.
 */
final class PickleStack {
  private final List<Object> values = new ArrayList<>();
  private final Deque<Integer> marks = new ArrayDeque<>();

  void push(Object value) {
    values.add(value);
  }

  /** Sets a mark above what is there. */
  void mark() {
    marks.push(values.size());
  }

  Object top() throws PickleException {
    if (values.size() <= bottom()) {
      throw PickleException.damaged("nothing where a value should be");
    }
    return values.get(values.size() - 1);
  }

  Object pop() throws PickleException {
    Object top = top();
    values.remove(values.size() - 1);
    return top;
  }

  /** Takes so many values, the top one last. A list that nobody else holds. */
  List<Object> pop(int count) throws PickleException {
    if (values.size() - count < bottom()) {
      throw PickleException.damaged("nothing where a value should be");
    }
    return cut(values.size() - count);
  }

  /** Takes the last mark and the values above it. A list that nobody else holds. */
  List<Object> popToMark() throws PickleException {
    if (marks.isEmpty()) {
      throw PickleException.damaged("the end of a list that never began");
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
