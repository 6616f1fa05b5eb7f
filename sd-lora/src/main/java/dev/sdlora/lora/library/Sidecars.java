package dev.sdlora.lora.library;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.tensors.folder.FileCache;
import dev.sdlora.tensors.folder.Stamp;
import dev.sdlora.tensors.io.ReplacedFile;
import dev.sdlora.tensors.io.SettingsJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the small files that tools put next to a LoRA: {@code <name>.json} from A1111's metadata
 * editor, {@code <name>.civitai.info} from download tools, and a preview image. None of them is
 * required, so a file that cannot be parsed counts as missing. Safe for use by several threads.
 */
final class Sidecars {
  private static final Logger LOG = LoggerFactory.getLogger(Sidecars.class);

  /** A1111's key of the weight that a click on a LoRA's card inserts. */
  static final String PREFERRED_WEIGHT = "preferred weight";

  /** The extensions of preview images, in A1111's order of preference. */
  private static final List<String> PICTURES = List.of("png", "jpg", "jpeg", "webp", "gif");

  private static final JsonMapper JSON = new JsonMapper();

  private final FileCache<Notes> known = new FileCache<>(1 << 16);

  /**
   * The contents of a file next to a LoRA; blank texts count as missing.
   *
   * @param phrases trigger words and phrases
   * @param weight the preferred strength, never 0
   * @param negativeText text for the negative prompt
   * @param text notes, or else the description
   * @param description a description of the effect
   * @param checkpoint the model that it is for
   */
  record Notes(
      List<String> phrases,
      Optional<Double> weight,
      Optional<String> negativeText,
      Optional<String> text,
      Optional<String> description,
      Optional<String> checkpoint) {
    private static final Notes NONE = notes(JsonNodeFactory.instance.objectNode());
  }

  /** The notes from A1111's metadata editor. */
  Notes edited(Path lora) {
    return notes(beside(lora, "json"));
  }

  /**
   * Writes a setting into the file of A1111's metadata editor, keeping the other settings.
   *
   * @throws LoraException if an existing file cannot be parsed or the file cannot be written
   */
  static void write(Path lora, String key, double value) {
    Path file = beside(lora, "json");
    try {
      JsonNode known =
          Files.exists(file) ? SettingsJson.read(file) : JsonNodeFactory.instance.objectNode();
      if (!(known instanceof ObjectNode settings)) {
        throw error(file, "is not a JSON object and was left unchanged", null);
      }
      settings.put(key, value);
      byte[] text = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(settings);
      ReplacedFile.write(
          file,
          channel -> {
            ByteBuffer buffer = ByteBuffer.wrap(text);
            while (buffer.hasRemaining()) {
              channel.write(buffer);
            }
          });
    } catch (JsonProcessingException e) {
      throw error(file, "cannot be parsed and was left unchanged: " + SettingsJson.reason(e), e);
    } catch (IOException e) {
      throw error(file, "cannot be written: " + SettingsJson.reason(e), e);
    }
  }

  private static LoraException error(Path file, String predicate, @Nullable Throwable cause) {
    return new LoraException(
        "'" + file + "' " + predicate,
        LoraException.Reason.UNREADABLE,
        ErrorDetails.in(file),
        cause);
  }

  /** The notes from a download tool. */
  Notes downloaded(Path lora) {
    return notes(beside(lora, "civitai.info"));
  }

  /** The preview image of a LoRA. */
  static Optional<Path> preview(Path lora) {
    return PICTURES.stream()
        .flatMap(type -> List.of(type, "preview." + type).stream())
        .map(ending -> beside(lora, ending))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private static Path beside(Path lora, String ending) {
    String name = String.valueOf(lora.getFileName());
    int dot = name.lastIndexOf('.');
    return lora.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + "." + ending);
  }

  private Notes notes(Path path) {
    try {
      return Stamp.ifThere(path).map(stamp -> notes(path, stamp)).orElse(Notes.NONE);
    } catch (IOException e) {
      LOG.debug("'{}' cannot be read", path, e);
      return Notes.NONE;
    }
  }

  private Notes notes(Path path, Stamp stamp) {
    return known.get(path, stamp, () -> read(path));
  }

  private static Notes read(Path path) {
    try {
      return notes(SettingsJson.read(path));
    } catch (IOException e) {
      LOG.debug("'{}' cannot be parsed", path, e);
      return Notes.NONE;
    }
  }

  /** Reads both kinds of files; their keys do not overlap. */
  private static Notes notes(JsonNode json) {
    List<String> phrases = new ArrayList<>();
    text(json.path("activation text")).ifPresent(phrases::add);
    json.path("trainedWords").forEach(word -> text(word).ifPresent(phrases::add));
    double weight = json.path(PREFERRED_WEIGHT).asDouble(0);
    return new Notes(
        List.copyOf(phrases),
        Optional.of(weight).filter(value -> Double.isFinite(value) && value != 0),
        text(json.path("negative text")),
        text(json.path("notes")).or(() -> text(json.path("description"))),
        text(json.path("description")),
        text(json.path("baseModel")));
  }

  private static Optional<String> text(JsonNode node) {
    return Optional.of(node.asText("").strip()).filter(text -> !text.isEmpty());
  }
}
