package dev.sdlora.pipeline.conditioning;

import java.util.List;

/**
 * What a prompt means in each call of the model, as prompt editing ({@code [a:b:0.5]}, {@code
 * [a|b]}) changes it. Calls are counted from 0, and an entry holds up to the call with the number
 * of its last step, steps being counted from 1: the first entry has one call more than steps. A1111
 * counts like this, and so {@code [a:b:3]} shows {@code a} four times.
 *
 * @param entries in order, at least one
 */
public record ConditioningSchedule(List<Entry> entries) {
  /**
   * A stretch of calls.
   *
   * @param last the number of the last call
   */
  public record Entry(int last, Conditioning conditioning) {}

  /** Copies the entries. */
  public ConditioningSchedule {
    entries = List.copyOf(entries);
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("a schedule needs at least one entry");
    }
  }

  /** The same in every call. */
  public static ConditioningSchedule of(Conditioning conditioning) {
    return new ConditioningSchedule(List.of(new Entry(Integer.MAX_VALUE, conditioning)));
  }

  /**
   * What holds in a call; behind the last entry the first one holds again, which samplers that
   * choose the number of their calls can reach.
   *
   * @param call its number, from 0
   */
  public Conditioning at(int call) {
    for (Entry entry : entries) {
      if (call <= entry.last) {
        return entry.conditioning;
      }
    }
    return entries.get(0).conditioning;
  }
}
