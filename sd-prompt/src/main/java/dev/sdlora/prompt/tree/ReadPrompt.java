package dev.sdlora.prompt.tree;

import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.prompt.Prompt;
import dev.sdlora.prompt.grammar.ExtraNetworks;
import dev.sdlora.prompt.schedule.PromptSteps;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A prompt that was read, and what its writer should know. Immutable. */
public final class ReadPrompt {
  private final String prompt;
  private final boolean negative;
  private final boolean tagsAct;
  private final ExtraNetworks cut;
  private final Prompt tree;
  private final TagMistakes tagMistakes;

  private ReadPrompt(String prompt, boolean negative, boolean tagsAct, Predicate<String> isLora) {
    this.prompt = prompt;
    this.negative = negative;
    this.tagsAct = tagsAct;
    ExtraNetworks whole = ExtraNetworks.cut(prompt);
    this.cut = tagsAct ? whole : ExtraNetworks.cutComments(prompt);
    this.tree = PromptParser.parse(prompt, whole);
    this.tagMistakes =
        tagsAct ? TagMistakes.of(prompt, cut, isLora) : new TagMistakes(List.of(), List.of());
  }

  /**
   * Reads a prompt.
   *
   * @param prompt with its styles
   * @param negative whether it is a negative prompt, in which {@code AND} is a word
   * @param tagsAct whether tags are more than text in it
   * @param isLora whether there is a LoRA of a name; asked only about what looks like a tag
   */
  public static ReadPrompt of(
      String prompt, boolean negative, boolean tagsAct, Predicate<String> isLora) {
    return new ReadPrompt(prompt, negative, tagsAct, isLora);
  }

  /** Whether it is a negative prompt. */
  public boolean isNegative() {
    return negative;
  }

  /** The text without comments and tags, and the tags. */
  public ExtraNetworks cut() {
    return cut;
  }

  /** What was read, with its tags and comments. */
  public String written() {
    return prompt;
  }

  /** The text without comments and tags. */
  public String text() {
    return cut.text();
  }

  /** The tree. */
  public Prompt tree() {
    return tree;
  }

  /** LoRAs' tags that have no end, so that they are text and their LoRAs are missing. */
  public List<Finding> unclosedTags() {
    return tagMistakes.unclosed();
  }

  /** What is not well-formed, in order. */
  public List<Finding> mistakes() {
    return Stream.concat(Mistakes.of(prompt, tree).stream(), tagMistakes.all().stream())
        .sorted(Comparator.comparingInt(Finding::offset))
        .toList();
  }

  /**
   * Refuses what is not well-formed.
   *
   * @throws PromptSyntaxException if there is such a thing
   */
  public void refuseMistakes() {
    for (Finding first : mistakes()) {
      throw PromptSyntaxException.in(prompt, first.message(), first.offset());
    }
  }

  /**
   * All that the writer should know: mistakes in order, then what is well-formed and still means
   * something that may not be expected.
   *
   * @param passes in which the prompt is read, one after another
   */
  public List<Finding> findings(List<PromptSteps> passes) {
    return Stream.concat(mistakes().stream(), Pitfalls.of(tree, passes, negative, tagsAct).stream())
        .toList();
  }
}
