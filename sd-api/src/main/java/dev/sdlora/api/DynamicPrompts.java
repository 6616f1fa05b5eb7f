package dev.sdlora.api;

import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.service.Services;
import dev.sdlora.api.spi.Backend;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Prompt templates that draw a new prompt for each image, in the language of the sd-dynamic-prompts
 * extension for A1111. Enabled by {@link PromptOptions.Builder#dynamicPrompts}; otherwise all of
 * this is plain text, as in A1111. The drawn prompt depends only on the image's seed, so a seed
 * always gives the same prompt. The metadata of the image contains the drawn prompt, and the
 * template under {@code Template} and {@code Negative Template}. Styles are merged before drawing;
 * the rest of the prompt language is parsed afterwards.
 *
 * <ul>
 *   <li>{@code {summer|winter}} draws one of the options, {@code {3::summer|winter}} the first one
 *       three times as often. Every {@code |} between the braces is a separator, including that of
 *       {@code [a|b]}.
 *   <li>{@code {2$$a|b|c}} draws two different options, joined by a comma; {@code {1-2$$ and
 *       $$a|b}} draws one or two, joined by " and "; {@code {-2$$…}} and {@code {1-$$…}} omit a
 *       bound. The number is limited to that of the options.
 *   <li>{@code __season__} draws a line of {@code season.txt} in one of the folders, {@code
 *       __colors/warm__} one of a file in a subfolder. Empty lines and lines that start with {@code
 *       #} are ignored. {@code {2$$__season__}} draws two different lines.
 *   <li>{@code __colors*__} draws a line of any file whose name starts with "colors", in any
 *       folder, {@code __colors/**}{@code /warm__} one of a file in a subfolder at any depth;
 *       {@code ?} matches one character, {@code [a-z]} one of a set. A file with exactly this name
 *       takes precedence.
 *   <li>{@code ${x={red|blue}}} sets a variable, and {@code ${x}} draws its value anew each time;
 *       {@code ${x=!{red|blue}}} draws it once. {@code ${x:green}} has a default value, and {@code
 *       ${x?=…}} sets the variable only if it is not set. Variables are set before the text around
 *       them is drawn.
 *   <li>{@code __clothes(season=winter, who=ann)__} sets variables only within the drawn line.
 *       {@code __cars/${brand}__} and {@code __cars/{ford|porsche}__} draw the name of the
 *       wildcard.
 *   <li>{@code %{an ink drawing of ..., black$$a fox}} wraps a text: it replaces {@code ...}, three
 *       or more dots or an ellipsis, in the wrapper, which may be a wildcard.
 *   <li>All of them can be nested, and used in the lines of files. A comment starts with {@code #}
 *       and ends with the line. A backslash escapes <code>{ } | $ _ %</code>.
 * </ul>
 *
 * <p>Malformed templates, missing wildcards and wildcards that refer to themselves are errors
 * ({@link PromptSyntaxException}), and so are the extension's samplers for all combinations (
 * <code>&#123;!</code>) and for cycling (<code>&#123;@</code>). {@link PromptLimits#characters}
 * applies to the template and to the drawn prompt. Jinja templates and YAML and JSON files are not
 * supported. Immutable.
 *
 * @param wildcardDirectories the folders with wildcards; for equal names the first folder takes
 *     precedence
 */
public record DynamicPrompts(List<Path> wildcardDirectories) {
  /**
   * Copies the list.
   *
   * @param wildcardDirectories the folders with wildcards; may be empty; not read yet
   */
  public DynamicPrompts {
    Objects.requireNonNull(wildcardDirectories, "wildcardDirectories");
    wildcardDirectories = List.copyOf(wildcardDirectories);
  }

  /**
   * Returns dynamic prompts with wildcards from folders.
   *
   * @param wildcardDirectories the folders; none for prompts without wildcards
   * @return the option
   */
  public static DynamicPrompts of(Path... wildcardDirectories) {
    Objects.requireNonNull(wildcardDirectories, "wildcardDirectories");
    return new DynamicPrompts(List.of(wildcardDirectories));
  }

  /**
   * Draws a prompt as for an image with a seed.
   *
   * @param template the prompt, including its styles
   * @param seed the seed of the image
   * @return the drawn prompt
   * @throws PromptSyntaxException if the template is malformed, or a wildcard is missing
   */
  public String draw(String template, long seed) {
    Objects.requireNonNull(template, "template");
    return Services.find(Backend.Prompts.class).draw(template, seed, this);
  }
}
