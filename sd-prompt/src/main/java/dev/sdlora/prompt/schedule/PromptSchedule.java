package dev.sdlora.prompt.schedule;

import dev.sdlora.api.PromptLimits;
import dev.sdlora.prompt.grammar.Limit;
import dev.sdlora.prompt.grammar.Subprompt;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The texts of a prompt over the steps of a pass.
 *
 * @param entries the texts in order, at least one
 */
public record PromptSchedule(List<Entry> entries) {

  /**
   * A text and its last step.
   *
   * @param end the last step of the text, counted from 1
   * @param text the text, with its weights not parsed yet
   */
  public record Entry(int end, String text) {}

  /** A schedule and its weight among the parts that {@code AND} joins. */
  public record Weighted(double weight, PromptSchedule schedule) {}

  /** Copies the list. */
  public PromptSchedule {
    entries = List.copyOf(entries);
  }

  /**
   * Returns the schedule of a text without {@code AND}, such as a negative prompt, in which {@code
   * AND} is an ordinary word.
   *
   * @throws dev.sdlora.api.error.PromptSyntaxException if its texts exceed the limits
   */
  public static PromptSchedule of(String text, PromptSteps pass, PromptLimits limits) {
    return new Texts(limits.texts()).schedule(text, pass);
  }

  /**
   * Returns the schedules of the parts of a prompt that {@code AND} joins; at least one.
   *
   * @throws dev.sdlora.api.error.PromptSyntaxException if there are too many parts, or their texts
   *     together exceed the limits
   */
  public static List<Weighted> ofParts(String prompt, PromptSteps pass, PromptLimits limits) {
    Texts texts = new Texts(limits.texts());
    return Subprompt.split(prompt, limits).stream()
        .map(part -> new Weighted(part.weight(), texts.schedule(part.text(), pass)))
        .toList();
  }

  /** The texts of a prompt, with equal ones stored once. */
  private static final class Texts {
    private final int most;
    private final Map<String, String> known = new HashMap<>();
    private long characters;

    Texts(int most) {
      this.most = most;
    }

    PromptSchedule schedule(String text, PromptSteps pass) {
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
              .mapToObj(end -> new Entry(end, kept(Switches.textAt(text, switches, end, pass))))
              .toList());
    }

    private String kept(String text) {
      String before = known.putIfAbsent(text, text);
      if (before != null) {
        return before;
      }
      characters += text.length();
      if (characters > most) {
        throw Limit.exceeded(most, "the prompt expands to", Limit.Unit.TEXTS);
      }
      return text;
    }
  }

  /**
   * Returns the text for a model call. As in A1111, calls are counted from 0 and the ends of texts
   * from 1. The first text therefore holds for one call more than its end says, and after the last
   * end the first text returns.
   *
   * @param call the number of earlier model calls in this pass
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
