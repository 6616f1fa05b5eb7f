package dev.sdlora.prompt.dynamic;

import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.prompt.dynamic.Node.Sequence;
import dev.sdlora.prompt.grammar.Limit;

/** Draws prompts from templates. Reads each wildcard file once. Not thread-safe. */
public final class DynamicTemplates {
  /** Gives the negative prompt other random numbers than the prompt. */
  private static final long NEGATIVE = 0x5DEECE66DL << 20;

  private final WildcardValues wildcards;
  private final PromptLimits limits;

  /** Creates the templates of one request. */
  public DynamicTemplates(Wildcards wildcards, PromptLimits limits) {
    this.wildcards = new WildcardValues(wildcards);
    this.limits = limits;
  }

  /**
   * Draws a prompt. A template and a seed always give the same prompt, in any process, as long as
   * the wildcard files do not change.
   *
   * @param seed the seed of the image
   * @param negative whether this is a negative prompt, which draws other random numbers
   * @throws PromptSyntaxException if the template is malformed, names an unknown wildcard or one
   *     that refers to itself, or if the prompt exceeds the limit
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
