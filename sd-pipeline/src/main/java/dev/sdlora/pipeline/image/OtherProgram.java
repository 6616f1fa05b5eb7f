package dev.sdlora.pipeline.image;

import dev.sdlora.api.ImageFileException;
import dev.sdlora.api.ImageSettingsException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Programs that keep their settings in another form than A1111, which is recognised but not read.
 */
enum OtherProgram {
  /** A JSON object in the place of A1111's text. */
  SWARM_UI("SwarmUI", List.of("sui_image_params"), List.of("sui_image_params")),
  /** Graphs of nodes: that of the interface, and that which was run. */
  COMFY_UI("ComfyUI", List.of("workflow", "prompt"), List.of("class_type", "last_node_id")),
  /** A JSON object in the place of A1111's text, if it is set so. */
  FOOOCUS(
      "Fooocus",
      List.of("fooocus_scheme"),
      List.of("metadata_scheme", "full_prompt", "performance", "base_model", "Base Model")),
  /** JSON under names that have changed from version to version. */
  INVOKE_AI(
      "InvokeAI",
      List.of(
          "invokeai_metadata",
          "invokeai",
          "invokeai_graph",
          "invokeai_workflow",
          "sd-metadata",
          "Dream"),
      List.of("positive_prompt", "app_version", "model_weights")),
  /** A JSON object in EXIF and XMP. */
  DRAW_THINGS("Draw Things", List.of(), List.of("uc", "strength")),
  /** Any other JSON. */
  UNKNOWN("a program that this library does not know", List.of(), List.of());

  private final String label;

  @SuppressWarnings("ImmutableEnumChecker") // List.of cannot change
  private final List<String> keywords;

  @SuppressWarnings("ImmutableEnumChecker")
  private final List<String> fields;

  OtherProgram(String label, List<String> keywords, List<String> fields) {
    this.label = label;
    this.keywords = keywords;
    this.fields = fields;
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
    // How ComfyUI puts its graphs into EXIF.
    if (stripped.startsWith("prompt:{") || stripped.startsWith("workflow:{")) {
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

  private static boolean isField(String json, String name) {
    return json.contains('"' + name + '"');
  }

  /** The error that the settings of a picture are this program's. */
  ImageFileException notRead(PictureSource source) {
    return new ImageSettingsException(source + " " + sentence(), source.details(), label);
  }

  /** The end of the sentence that something has such settings. */
  String sentence() {
    return "holds settings of "
        + label
        + ", which cannot be read; those of A1111, of programs that write its text, and of NovelAI"
        + " can";
  }
}
