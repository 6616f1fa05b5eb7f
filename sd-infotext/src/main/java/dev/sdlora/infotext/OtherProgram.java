package dev.sdlora.infotext;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.error.ImageSettingsException;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.infotext.foreign.ComfyUi;
import dev.sdlora.infotext.foreign.Fooocus;
import dev.sdlora.infotext.foreign.ForeignSettings;
import dev.sdlora.infotext.foreign.InvokeAi;
import dev.sdlora.infotext.foreign.SwarmUi;
import dev.sdlora.infotext.key.JsonText;
import dev.sdlora.tensors.io.SettingsJson;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Programs that store settings in another form than A1111, with the marks of their images and the
 * readers of their settings.
 */
public enum OtherProgram {
  /** A JSON object instead of A1111's text. */
  SWARM_UI(
      "SwarmUI",
      List.of("sui_image_params"),
      List.of("sui_image_params"),
      (json, size) -> SwarmUi.read(json)),
  /** Node graphs: the executed one, and that of the user interface. */
  COMFY_UI(
      "ComfyUI",
      List.of("prompt", "workflow"),
      List.of("class_type", "last_node_id"),
      ComfyUi::read),
  /** A JSON object instead of A1111's text, if so configured. */
  FOOOCUS(
      "Fooocus",
      List.of("fooocus_scheme"),
      List.of("metadata_scheme", "full_prompt", "performance", "base_model", "Base Model"),
      (json, size) -> Fooocus.read(json)),
  /** JSON under keywords that depend on the version. */
  INVOKE_AI(
      "InvokeAI",
      List.of(
          "invokeai_metadata",
          "sd-metadata",
          "Dream",
          "invokeai",
          "invokeai_graph",
          "invokeai_workflow"),
      List.of("positive_prompt", "app_version", "model_weights"),
      (json, size) -> InvokeAi.read(json)),
  /** A JSON object in EXIF and XMP. */
  DRAW_THINGS("Draw Things", List.of(), List.of("uc", "strength"), Reader.NONE),
  /** Any other JSON. */
  UNKNOWN("an unknown program", List.of(), List.of(), Reader.NONE);

  private static final String COMFY_PROMPT = "prompt:";
  private static final String COMFY_WORKFLOW = "workflow:";

  private final String label;

  @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
  private final List<String> keywords;

  @SuppressWarnings("ImmutableEnumChecker")
  private final List<String> fields;

  @SuppressWarnings("ImmutableEnumChecker") // stateless
  private final Reader reader;

  /** Reads the settings of a program. */
  @FunctionalInterface
  private interface Reader {
    Reader NONE = (json, size) -> Optional.empty();

    /** Returns the settings, or empty if the JSON is not understood. */
    Optional<ForeignSettings> read(JsonNode json, Optional<ImageSize> size);
  }

  OtherProgram(String label, List<String> keywords, List<String> fields, Reader reader) {
    this.label = label;
    this.keywords = keywords;
    this.fields = fields;
    this.reader = reader;
  }

  /** Detects the program that wrote a PNG by the keywords of its texts. */
  public static Optional<OtherProgram> ofKeywords(Collection<String> found) {
    return Arrays.stream(values())
        .filter(program -> program.keywords.stream().anyMatch(found::contains))
        .findFirst();
  }

  /** Detects the program that wrote a settings text; empty for A1111's format. */
  public static Optional<OtherProgram> ofText(String text) {
    String stripped = text.strip();
    if (!withoutMark(stripped).equals(stripped)) {
      return Optional.of(COMFY_UI);
    }
    if (!stripped.startsWith("{") || JsonText.endOfObject(stripped, 0) != stripped.length()) {
      return Optional.empty();
    }
    return Arrays.stream(values())
        .filter(program -> program.fields.stream().anyMatch(name -> isField(stripped, name)))
        .findFirst()
        .or(() -> Optional.of(UNKNOWN).filter(unknown -> stripped.contains("\":")));
  }

  /** Removes the prefix that ComfyUI puts before its graphs in EXIF. */
  private static String withoutMark(String text) {
    String start =
        text.substring(0, Math.min(text.length(), COMFY_WORKFLOW.length() + 1))
            .toLowerCase(Locale.ROOT);
    for (String mark : List.of(COMFY_PROMPT, COMFY_WORKFLOW)) {
      if (start.startsWith(mark + "{")) {
        return text.substring(mark.length());
      }
    }
    return text;
  }

  private static boolean isField(String json, String name) {
    return json.contains('"' + name + '"');
  }

  /**
   * Returns the settings of a PNG in A1111's format; empty if they cannot be read.
   *
   * @param texts the texts of the PNG by keyword
   */
  public Optional<String> parameters(
      Function<String, Optional<String>> texts, Optional<ImageSize> size) {
    return keywords.stream()
        .flatMap(
            keyword ->
                texts
                    .apply(keyword)
                    .flatMap(
                        text ->
                            keyword.equals("Dream")
                                ? InvokeAi.dream(text).map(ForeignText::write)
                                : parameters(text, size))
                    .stream())
        .findFirst();
  }

  /** Returns the settings of a text in A1111's format; empty if they cannot be read. */
  public Optional<String> parameters(String text, Optional<ImageSize> size) {
    try {
      JsonNode json = SettingsJson.parse(withoutMark(text.strip()));
      return json.isObject() ? reader.read(json, size).map(ForeignText::write) : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty(); // damaged or too long; the caller reports it
    }
  }

  /**
   * Creates the error that an image has settings of this program which cannot be read.
   *
   * @param subject the image, as errors name it
   */
  public ImageFileException notRead(String subject, ErrorDetails details) {
    return new ImageSettingsException(subject + " " + sentence(), details, label);
  }

  /** Returns the predicate of that error's message. */
  String sentence() {
    return reader == Reader.NONE
        ? "holds settings of "
            + label
            + ", which cannot be read; supported are A1111, ComfyUI, Fooocus, InvokeAI, NovelAI and SwarmUI"
        : "holds settings of "
            + label
            + ", but they could not be read; they may be truncated, or use an unknown version or unknown nodes";
  }
}
