package dev.sdlora.families.conditioning;

import dev.sdlora.prompt.schedule.PromptSchedule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The condition for each model call, as prompt editing ({@code [a:b:0.5]}, {@code [a|b]}) changes
 * it.
 *
 * @param texts the text for each call
 * @param states the condition for each text
 */
public record ConditioningSchedule(PromptSchedule texts, Map<String, Conditioning> states) {
  /** Copies the map. */
  public ConditioningSchedule {
    states = Map.copyOf(states);
    for (PromptSchedule.Entry entry : texts.entries()) {
      if (!states.containsKey(entry.text())) {
        throw new IllegalArgumentException("no states for text: " + entry.text());
      }
    }
  }

  /** Returns a copy with the conditions that regions read for the same texts. */
  ConditioningSchedule withRegions(List<ConditioningSchedule> regions) {
    Map<String, Conditioning> all = new HashMap<>();
    states.forEach(
        (text, own) ->
            all.put(
                text,
                own.withRegions(
                    regions.stream()
                        .map(region -> Objects.requireNonNull(region.states.get(text)))
                        .toList())));
    return new ConditioningSchedule(texts, all);
  }

  /** Returns a schedule with the same condition in every call. */
  public static ConditioningSchedule of(Conditioning conditioning) {
    return new ConditioningSchedule(
        new PromptSchedule(List.of(new PromptSchedule.Entry(1, ""))), Map.of("", conditioning));
  }

  /** Returns the condition for a call, counted from 0; see {@link PromptSchedule#textAt}. */
  public Conditioning at(int call) {
    Conditioning conditioning = states.get(texts.textAt(call));
    if (conditioning == null) {
      throw new IllegalStateException("no states for call " + call);
    }
    return conditioning;
  }
}
