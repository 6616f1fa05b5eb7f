package dev.sdlora.prompt.tree;

import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.prompt.Prompt;
import dev.sdlora.prompt.grammar.ExtraNetworks;
import dev.sdlora.prompt.schedule.PromptSteps;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A parsed prompt with its mistakes and pitfalls. Immutable. */
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
   * Parses a prompt.
   *
   * @param prompt the prompt with its styles
   * @param negative whether it is a negative prompt, in which {@code AND} is a word
   * @param tagsAct whether tags in it have an effect
   * @param isLora whether a LoRA of this name exists; called only for text that looks like a tag
   */
  public static ReadPrompt of(
      String prompt, boolean negative, boolean tagsAct, Predicate<String> isLora) {
    return new ReadPrompt(prompt, negative, tagsAct, isLora);
  }

  /** Whether this is a negative prompt. */
  public boolean isNegative() {
    return negative;
  }

  /** Returns the text without comments and tags, and the tags. */
  public ExtraNetworks cut() {
    return cut;
  }

  /** Returns the prompt as written, with its tags and comments. */
  public String written() {
    return prompt;
  }

  /** Returns the text without comments and tags. */
  public String text() {
    return cut.text();
  }

  /** Returns the tree of the prompt. */
  public Prompt tree() {
    return tree;
  }

  /** Returns the LoRA tags that are not closed: they are text, and their LoRAs are missing. */
  public List<Finding> unclosedTags() {
    return tagMistakes.unclosed();
  }

  /** Returns the malformed tags, and text that was probably meant as a tag, in no order. */
  public List<Finding> mistakenTags() {
    return tagMistakes.all();
  }

  /** Returns the malformed parts, in order. */
  public List<Finding> mistakes() {
    return Stream.concat(Mistakes.of(prompt, tree).stream(), tagMistakes.all().stream())
        .sorted(Comparator.comparingInt(Finding::offset))
        .toList();
  }

  /**
   * Throws if the prompt has a mistake.
   *
   * @throws PromptSyntaxException if any part is malformed
   */
  public void refuseMistakes() {
    for (Finding first : mistakes()) {
      throw PromptSyntaxException.in(prompt, first.message(), first.offset());
    }
  }

  /**
   * Returns all findings: mistakes in order, then well-formed parts whose meaning may surprise.
   *
   * @param passes the passes that use the prompt, in order
   */
  public List<Finding> findings(List<PromptSteps> passes) {
    return Stream.concat(mistakes().stream(), Pitfalls.of(tree, passes, negative, tagsAct).stream())
        .toList();
  }
}
