package dev.sdlora.prompt.dynamic;

import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.prompt.dynamic.Node.Sequence;
import dev.sdlora.prompt.grammar.Limit;

/** Draws prompts from templates; files of wildcards are read once. Not safe for several threads. */
public final class DynamicTemplates {
  /** Keeps what is drawn for prompt and negative prompt apart. */
  private static final long NEGATIVE = 0x5DEECE66DL << 20;

  private final WildcardValues wildcards;
  private final PromptLimits limits;

  /** Templates of a request. */
  public DynamicTemplates(Wildcards wildcards, PromptLimits limits) {
    this.wildcards = new WildcardValues(wildcards);
    this.limits = limits;
  }

  /**
   * Draws a prompt. The same template gives the same prompt for a seed, in any process, as long as
   * the files of its wildcards stay the same.
   *
   * @param seed of the image
   * @param negative whether it is a negative prompt, for which other numbers are drawn
   * @throws PromptSyntaxException if it is malformed, names a wildcard that there is not or one
   *     that leads to itself, or becomes longer than the limit
   */
  public String draw(String template, long seed, boolean negative) {
    Limit.check(template.length(), limits.characters(), "the template has", Limit.Unit.CHARACTERS);
    try {
      Sequence read = TemplateParser.parse(template);
      wildcards.requireNoCircle(read);
      Drawing drawing =
          new Drawing(wildcards, negative ? seed ^ NEGATIVE : seed, limits.characters());
      drawing.draw(read);
      return drawing.text();
    } catch (PromptSyntaxException e) {
      throw e.within(template);
    }
  }
}
