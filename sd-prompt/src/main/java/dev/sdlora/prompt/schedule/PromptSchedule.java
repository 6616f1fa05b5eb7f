package dev.sdlora.prompt.schedule;

import dev.sdlora.prompt.grammar.Subprompt;
import java.util.BitSet;
import java.util.List;

/**
 * What a prompt says at each step of a pass.
 *
 * @param entries the texts in order, at least one
 */
public record PromptSchedule(List<Entry> entries) {

  /**
   * A text and how long it holds.
   *
   * @param end the last step of the text, counted from 1
   * @param text the text, its weights not yet read
   */
  public record Entry(int end, String text) {}

  /** A schedule and the weight of its text among those that {@code AND} joins. */
  public record Weighted(double weight, PromptSchedule schedule) {}

  /** Copies the list. */
  public PromptSchedule {
    entries = List.copyOf(entries);
  }

  /**
   * The schedule of a text without {@code AND}, such as a negative prompt, in which that is a word.
   */
  public static PromptSchedule of(String text, SchedulePass pass) {
    List<Switch> switches = Switches.find(text);
    BitSet ends = new BitSet();
    ends.set(pass.steps());
    for (Switch place : switches) {
      if (place instanceof Switch.Editing editing && pass.stepOf(editing.when()) >= 1) {
        ends.set(pass.stepOf(editing.when()));
      } else if (place instanceof Switch.Alternation) {
        ends.set(1, pass.steps());
      }
    }
    return new PromptSchedule(
        ends.stream()
            .mapToObj(end -> new Entry(end, Switches.textAt(text, switches, end, pass)))
            .toList());
  }

  /** The schedules of the parts of a prompt that {@code AND} joins; at least one. */
  public static List<Weighted> ofParts(String prompt, SchedulePass pass) {
    return Subprompt.split(prompt).stream()
        .map(part -> new Weighted(part.weight(), of(part.text(), pass)))
        .toList();
  }

  /**
   * The text for a call of the model. As in A1111, calls are counted from 0 and the ends of texts
   * from 1, so that the first text holds for one call more than its end says, and behind the last
   * end the first text is back.
   *
   * @param call how many times the model has been called before in this pass
   */
  public String textAt(int call) {
    for (Entry entry : entries) {
      if (call <= entry.end()) {
        return entry.text();
      }
    }
    return entries.get(0).text();
  }
}
