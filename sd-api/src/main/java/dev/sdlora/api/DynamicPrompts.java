package dev.sdlora.api;

import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.spi.Services;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Prompts that are drawn anew for each image, in the language of the sd-dynamic-prompts extension
 * for A1111. Set by {@link PromptOptions.Builder#dynamicPrompts}; without it all of this is text,
 * as in A1111. What is drawn depends on the seed of the image alone, so one seed always gives the
 * same prompt, and it is what the image's text says; the template stands there under {@code
 * Template} and {@code Negative Template}. Styles are merged before, everything else of the prompt
 * language is read afterwards.
 *
 * <ul>
 *   <li>{@code {summer|winter}} is one of them, {@code {3::summer|winter}} the first three times as
 *       often. Every {@code |} between the braces divides, that of {@code [a|b]} too.
 *   <li>{@code {2$$a|b|c}} is two different ones with a comma between them, {@code {1-2$$ and
 *       $$a|b}} one or two with " and " between; {@code {-2$$…}} and {@code {1-$$…}} leave a bound
 *       out. There are never more than there are options.
 *   <li>{@code __season__} is a line of {@code season.txt} in one of the folders, {@code
 *       __colors/warm__} of a file in a folder inside. Empty lines and those that begin with {@code
 *       #} do not count. {@code {2$$__season__}} is two different lines.
 *   <li>{@code __colors*__} is a line of any file whose name begins so, in any folder, {@code
 *       __colors/**}{@code /warm__} of one in a folder below; {@code ?} stands for one character,
 *       {@code [a-z]} for one of some. A file with exactly the name takes precedence.
 *   <li>{@code ${x={red|blue}}} sets a variable, which {@code ${x}} draws anew each time; {@code
 *       ${x=!{red|blue}}} draws it once. {@code ${x:green}} has a value of its own for the case
 *       that there is none, and {@code ${x?=…}} sets only what is not set. Variables are set before
 *       the text around them is drawn.
 *   <li>{@code __clothes(season=winter, who=ann)__} sets variables in the line that is drawn, and
 *       only there. {@code __cars/${brand}__} and {@code __cars/{ford|porsche}__} draw the name.
 *   <li>{@code %{an ink drawing of ..., black$$a fox}} wraps a text: it takes the place of {@code
 *       ...}, three or more dots or an ellipsis, in the wrapper, which may be a wildcard.
 *   <li>All of them may stand in each other and in the lines of files. From {@code #} to the end of
 *       a line is a comment. A backslash takes the meaning from <code>{ } | $ _ %</code>.
 * </ul>
 *
 * <p>Malformed templates, missing wildcards and those that lead to themselves are errors ({@link
 * PromptSyntaxException}), and so are the samplers of the extension that try all combinations (
 * <code>&#123;!</code>) or go in turn (<code>&#123;@</code>); {@link PromptLimits#characters} holds
 * for the template and for what is drawn. Jinja templates and YAML and JSON files are not read.
 * Immutable.
 *
 * @param wildcardDirectories where wildcards are looked up; of equal names the first counts
 */
public record DynamicPrompts(List<Path> wildcardDirectories) {
  /**
   * Copies the list.
   *
   * @param wildcardDirectories may be empty; not looked at yet
   */
  public DynamicPrompts {
    Objects.requireNonNull(wildcardDirectories, "wildcardDirectories");
    wildcardDirectories = List.copyOf(wildcardDirectories);
  }

  /**
   * Dynamic prompts with wildcards of some folders.
   *
   * @param wildcardDirectories none for prompts without wildcards
   * @return the option
   */
  public static DynamicPrompts of(Path... wildcardDirectories) {
    Objects.requireNonNull(wildcardDirectories, "wildcardDirectories");
    return new DynamicPrompts(List.of(wildcardDirectories));
  }

  /**
   * Draws a prompt as an image of a seed does.
   *
   * @param template the prompt, with its styles
   * @param seed of the image
   * @return the prompt
   * @throws PromptSyntaxException if the template makes no sense, or a wildcard is missing
   */
  public String draw(String template, long seed) {
    Objects.requireNonNull(template, "template");
    return Services.find(Backend.Prompts.class).draw(template, seed, this);
  }
}
