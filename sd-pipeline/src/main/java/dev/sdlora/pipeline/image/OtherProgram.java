package dev.sdlora.pipeline.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.error.ImageSettingsException;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.pipeline.foreign.ComfyUi;
import dev.sdlora.pipeline.foreign.Fooocus;
import dev.sdlora.pipeline.foreign.ForeignSettings;
import dev.sdlora.pipeline.foreign.InvokeAi;
import dev.sdlora.pipeline.foreign.SwarmUi;
import dev.sdlora.tensors.file.SettingsJson;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Programs that keep their settings in another form than A1111: how their images are recognised,
 * and who reads them.
 */
enum OtherProgram {
  /** A JSON object in the place of A1111's text. */
  SWARM_UI(
      "SwarmUI",
      List.of("sui_image_params"),
      List.of("sui_image_params"),
      (json, size) -> SwarmUi.read(json)),
  /** Graphs of nodes: that which was run, and that of the interface. */
  COMFY_UI(
      "ComfyUI",
      List.of("prompt", "workflow"),
      List.of("class_type", "last_node_id"),
      ComfyUi::read),
  /** A JSON object in the place of A1111's text, if it is set so. */
  FOOOCUS(
      "Fooocus",
      List.of("fooocus_scheme"),
      List.of("metadata_scheme", "full_prompt", "performance", "base_model", "Base Model"),
      (json, size) -> Fooocus.read(json)),
  /** JSON under names that have changed from version to version. */
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
  UNKNOWN("a program that this library does not know", List.of(), List.of(), Reader.NONE);

  private static final String COMFY_PROMPT = "prompt:";
  private static final String COMFY_WORKFLOW = "workflow:";

  private final String label;

  @SuppressWarnings("ImmutableEnumChecker") // List.of cannot change
  private final List<String> keywords;

  @SuppressWarnings("ImmutableEnumChecker")
  private final List<String> fields;

  @SuppressWarnings("ImmutableEnumChecker") // without state
  private final Reader reader;

  /** Says what the settings of a program mean. */
  @FunctionalInterface
  private interface Reader {
    Reader NONE = (json, size) -> Optional.empty();

    /** Empty if it does not find its way in them. */
    Optional<ForeignSettings> read(JsonNode json, Optional<ImageSize> size);
  }

  OtherProgram(String label, List<String> keywords, List<String> fields, Reader reader) {
    this.label = label;
    this.keywords = keywords;
    this.fields = fields;
    this.reader = reader;
  }

  /** The program that wrote a PNG, told by the keywords of its texts. */
  static Optional<OtherProgram> ofKeywords(Collection<String> found) {
    return Arrays.stream(values())
        .filter(program -> program.keywords.stream().anyMatch(found::contains))
        .findFirst();
  }

  /** The program that wrote a settings text; empty for A1111's form. */
  static Optional<OtherProgram> ofText(String text) {
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

  /** Without what ComfyUI puts before its graphs in EXIF. */
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
   * What a PNG says, as A1111 would write it; empty if nothing in it is understood.
   *
   * @param texts of the PNG by their keywords
   */
  Optional<String> parameters(Function<String, Optional<String>> texts, Optional<ImageSize> size) {
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

  /** What a text of this program says, as A1111 would write it; empty if it is not understood. */
  Optional<String> parameters(String text, Optional<ImageSize> size) {
    try {
      JsonNode json = SettingsJson.parse(withoutMark(text.strip()));
      return json.isObject() ? reader.read(json, size).map(ForeignText::write) : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty(); // damaged or too long; the caller says that it is not understood
    }
  }

  /** The error that the settings of an image are this program's. */
  ImageFileException notRead(ImageSource source) {
    return new ImageSettingsException(source + " " + sentence(), source.details(), label);
  }

  /** The end of the sentence that something has such settings. */
  String sentence() {
    return reader == Reader.NONE
        ? "holds settings of "
            + label
            + ", which cannot be read; those of A1111, ComfyUI, Fooocus, InvokeAI, NovelAI and"
            + " SwarmUI can"
        : "holds settings of "
            + label
            + ", but nothing in them is understood; they may be cut off, or of a version or with"
            + " nodes that this library does not know";
  }
}
