package dev.sdlora.batch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.value.Sha256;
import dev.sdlora.request.LoraReports;
import dev.sdlora.request.json.Fields;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * The result of a request: an image or an error.
 *
 * @param request the request
 * @param file the image; empty if the request failed
 * @param generated the result of the pipeline; empty if the request failed, or if the image was
 *     drawn by a run that ended before it could write the result
 * @param error one sentence for people; empty if there is an image
 */
public record BatchResult(
    BatchRequest request,
    Optional<Path> file,
    Optional<GenerationResult> generated,
    Optional<String> error) {
  /** Settings longer than this contain images and are not repeated. */
  private static final int LONGEST_SETTINGS = 20_000;

  /**
   * Creates a result.
   *
   * @param request the request
   * @param file the image
   * @param generated the result of the pipeline
   * @param error one sentence
   */
  public BatchResult {
    Objects.requireNonNull(request, "request");
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(generated, "generated");
    Objects.requireNonNull(error, "error");
  }

  static BatchResult failure(BatchRequest request, String sentence) {
    return new BatchResult(request, Optional.empty(), Optional.empty(), Optional.of(sentence));
  }

  /**
   * {@return the result as a line of {@code results.jsonl}} The line has {@code id}, {@code hash}
   * and {@code line} of the request, its settings as {@code request} unless they contain images,
   * and either {@code error} or {@code file}, {@code seed}, {@code sha256} of the file and {@code
   * parameters}. It also has {@code size}, {@code precision}, {@code loras}, {@code vae}, {@code
   * warnings} and {@code seconds} if the run that drew the image wrote the result.
   *
   * @throws BatchException if the image file cannot be read
   */
  public String json() {
    return Fields.text(toJson());
  }

  ObjectNode toJson() {
    ObjectNode json = Fields.object();
    json.put("id", request.id());
    error.ifPresent(sentence -> json.put("error", sentence));
    file.ifPresent(path -> image(path, json));
    generated.ifPresent(result -> result(result, json));
    if (request.settings().length() <= LONGEST_SETTINGS) {
      CanonicalJson.tryRead(request.settings())
          .ifPresent(settings -> json.set("request", settings));
    }
    json.put("line", request.line());
    json.put("hash", request.hash());
    return json;
  }

  private static void image(Path file, ObjectNode json) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      json.put("file", String.valueOf(file.getFileName()));
      json.put("sha256", HexFormat.of().formatHex(Sha256.of(bytes)));
      try {
        json.put("parameters", GeneratedImage.readInfotext(new ByteArrayInputStream(bytes)));
      } catch (ImageFileException e) {
        return; // An image without settings is still an image.
      }
    } catch (IOException e) {
      throw new BatchException("cannot read the image '%s': %s".formatted(file, e), e);
    }
  }

  private static void result(GenerationResult result, ObjectNode json) {
    GeneratedImage image = result.first();
    json.put("seed", image.seed());
    json.put("size", image.width() + "x" + image.height());
    json.put("precision", result.precision().name().toLowerCase(Locale.ROOT));
    ArrayNode loras = json.putArray("loras");
    result.loras().forEach(lora -> loras.add(LoraReports.brief(lora)));
    result.vae().ifPresent(vae -> json.put("vae", vae));
    ArrayNode warnings = json.putArray("warnings");
    result.warnings().forEach(warnings::add);
    json.put("seconds", result.elapsed().toMillis() / 1e3);
  }
}
