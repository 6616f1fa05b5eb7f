package dev.sdlora.server.prompt;

import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.Style;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Bodies;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.Route;
import dev.sdlora.server.key.Caller;
import io.javalin.http.Context;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The styles that requests can name, and {@code POST /api/styles}, which adds to their file. */
public final class StylesApi {
  private static final int LONGEST_NAME = 100;

  private final Optional<Path> file;
  private final List<Style> styles;

  /**
   * Reads the styles of a file.
   *
   * @param file A1111's {@code styles.csv}, which may be missing; empty for no styles at all
   */
  public StylesApi(Optional<Path> file) {
    this.file = file;
    this.styles =
        new CopyOnWriteArrayList<>(
            file.filter(Files::exists).map(Style::readAll).orElse(List.of()));
  }

  /** Returns the styles, unmodifiable; later ones appear in the same list. */
  public List<Style> styles() {
    return Collections.unmodifiableList(styles);
  }

  /** Whether the client whose request this thread handles can save styles. */
  public boolean canSave() {
    return isCommon() && file.filter(StylesApi::isWritable).isPresent();
  }

  /** Returns the route. */
  public List<Route> routes() {
    return List.of(Route.post("/api/styles", this::save));
  }

  private static boolean isCommon() {
    return Caller.current().sees(Optional.empty());
  }

  private static boolean isWritable(Path csv) {
    Path written = Files.exists(csv) ? csv : csv.toAbsolutePath().getParent();
    return written != null && Files.isWritable(written);
  }

  private void save(Context context) {
    Path csv =
        file.orElseThrow(
            () -> new Refusal(501, "this server has no file for styles (start it with --styles)"));
    if (!isCommon()) {
      throw new Refusal(403, "the API key is private, but a saved style is there for all clients");
    }
    Fields fields = Bodies.fields(context);
    Style style =
        new Style(name(fields), prompt(fields, "prompt"), prompt(fields, "negative_prompt"));
    if (style.prompt().isBlank() && style.negativePrompt().isBlank()) {
      throw new Refusal(422, "a style needs a 'prompt' or a 'negative_prompt', but both are empty");
    }
    save(style, csv, fields.flag("replace", false));
    context.status(201);
    Answers.json(context, Fields.object().put("name", style.name()));
  }

  private synchronized void save(Style style, Path csv, boolean replace) {
    List<String> names = styles.stream().map(Style::name).toList();
    int at = names.indexOf(style.name());
    if (at >= 0 && !replace) {
      throw new Refusal(
          409,
          "there is a style '%s' already; the field 'replace': true replaces it"
              .formatted(style.name()));
    }
    try {
      style.save(csv);
    } catch (StableDiffusionException e) {
      throw new Refusal(
          500, String.valueOf(e.getMessage())); // Not unexpected: the log needs no stack trace.
    }
    if (at >= 0) {
      styles.set(at, style);
    } else {
      styles.add(style);
    }
  }

  private static String name(Fields fields) {
    String name = fields.text("name").orElse("").strip();
    if (name.isEmpty() || name.length() > LONGEST_NAME || name.chars().anyMatch(c -> c < ' ')) {
      throw new Refusal(
          422,
          "field 'name' must be a line of 1 to %s characters, but it has %s"
              .formatted(LONGEST_NAME, name.lines().count() > 1 ? "several lines" : name.length()));
    }
    return name;
  }

  private static String prompt(Fields fields, String field) {
    String prompt = fields.text(field).orElse("");
    int most = PromptLimits.DEFAULTS.characters();
    if (prompt.length() > most) {
      throw new Refusal(
          422,
          "field '%s' has %s characters, more than %s".formatted(field, prompt.length(), most));
    }
    return prompt;
  }
}
