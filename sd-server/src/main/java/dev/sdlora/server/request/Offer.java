package dev.sdlora.server.request;

import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Style;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.reference.References;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What there is for requests to name. Names are looked up in lists of what lies in the folders and
 * are never made into paths.
 *
 * @param pipeline with its LoRAs and embeddings
 * @param upscalerFolders for pictures that are only enlarged
 * @param controlNetFolders whose files requests can name
 * @param styles that requests can name
 * @param pictures that requests can name
 */
public record Offer(
    Pipeline pipeline,
    List<Path> upscalerFolders,
    List<Path> controlNetFolders,
    List<Style> styles,
    References pictures,
    Limits limits) {

  /** The upscalers by name. */
  public Map<String, Path> upscalers() {
    return files(upscalerFolders);
  }

  /** The ControlNets and T2I-Adapters by name. */
  public Map<String, Path> controlNets() {
    return files(controlNetFolders);
  }

  private static Map<String, Path> files(List<Path> folders) {
    Map<String, Path> files = new TreeMap<>();
    for (Path folder : folders) {
      try (Stream<Path> inside = Files.list(folder)) {
        inside.filter(Offer::isModel).sorted().forEach(file -> files.put(stem(file), file));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return files;
  }

  private static boolean isModel(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".safetensors") || name.endsWith(".pth") || name.endsWith(".pt");
  }

  private static String stem(Path file) {
    return stem(file.getFileName().toString());
  }

  /** A name without folders and extension, as clients send what they were shown. */
  public static String stem(String name) {
    String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    return last.replaceFirst("(?i)\\.(safetensors|ckpt|pth?)$", "");
  }

  /** The style of a name. */
  public Style style(String name) {
    return styles.stream()
        .filter(style -> style.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new Refusal(
                    422,
                    "there is no style '%s'; there are %s"
                        .formatted(name, styles.stream().map(Style::name).toList())));
  }

  /** Refuses another model than the one that this server runs. */
  public void requireCheckpoint(String field, String name) {
    String own = pipeline.checkpoint().name();
    String asked = Offer.stem(name.replaceFirst("\\s*\\[[0-9a-fA-F]*]$", ""));
    if (!asked.equals(own)) {
      throw new Refusal(
          422,
          "field '%s' names the model '%s'; this server runs '%s' alone"
              .formatted(field, name, own));
    }
  }
}
