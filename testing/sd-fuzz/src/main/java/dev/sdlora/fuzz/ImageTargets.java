package dev.sdlora.fuzz;

import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.error.ImageSettingsException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.image.Image;
import dev.sdlora.infotext.Infotext;
import dev.sdlora.pipeline.embedding.EmbeddingFiles;
import dev.sdlora.pipeline.image.ImageFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/** Image files: their pixels, and the settings and embeddings in them. */
final class ImageTargets {
  private ImageTargets() {}

  static List<Target> all() {
    // Settings may be present but invalid.
    Set<Class<? extends Exception>> settings =
        Set.of(
            ImageFileException.class, ImageSettingsException.class, IllegalArgumentException.class);
    Set<Class<? extends Exception>> embedding =
        Set.of(EmbeddingException.class, TensorFileException.class);
    return List.of(
        new Target(
            "picture",
            Set.of(ImageFileException.class),
            input -> Image.read(Scratch.file("picture", input))),
        new Target("settings", settings, input -> settings(Scratch.file("settings", input))),
        new Target("exif", settings, ImageTargets::exif),
        new Target("novelai", settings, ImageTargets::novelAi),
        new Target("comfyui", settings, json -> text("prompt", json)),
        new Target("invokeai", settings, json -> text("invokeai_metadata", json)),
        new Target("dream", settings, json -> text("Dream", json)),
        new Target("swarmui-fooocus", settings, json -> text("parameters", json)),
        new Target("stealth", settings, ImageTargets::stealth),
        new Target(
            "embedding-picture",
            embedding,
            input -> new EmbeddingFiles().open(Scratch.file("embedding.png", input))),
        new Target("embedding-json", embedding, ImageTargets::json),
        new Target("embedding-pixels", embedding, ImageTargets::pixels));
  }

  private static void settings(Path file) {
    Infotext.parse(ImageFiles.readInfotext(file));
  }

  /** EXIF data in both kinds of files that support them. */
  private static void exif(byte[] exif) throws IOException {
    if (exif.length < 60_000) {
      settings(Scratch.file("exif.jpg", ImageContainers.jpeg(exif)));
    }
    settings(Scratch.file("exif.webp", ImageContainers.webp(exif)));
  }

  /** A PNG text under the keyword of another program. */
  private static void text(String keyword, byte[] text) throws IOException {
    settings(
        Scratch.file(
            "text.png", ImageContainers.png(ImageContainers.internationalText(keyword, text))));
  }

  /** The stream in an image's alpha channel: a mark, a length and a text. */
  private static void stealth(byte[] stream) throws IOException {
    settings(Scratch.file("stealth.png", ImageContainers.transparent(stream)));
  }

  private static void novelAi(byte[] json) throws IOException {
    byte[] software =
        ImageContainers.text("Software", "NovelAI".getBytes(StandardCharsets.ISO_8859_1));
    settings(
        Scratch.file(
            "novelai.png",
            ImageContainers.png(software, ImageContainers.internationalText("Comment", json))));
  }

  /** The text of an embedding that A1111 stores in a PNG. */
  private static void json(byte[] json) throws IOException {
    byte[] text = ImageContainers.text("sd-ti-embedding", Base64.getEncoder().encode(json));
    new EmbeddingFiles().open(Scratch.file("json.png", ImageContainers.png(text)));
  }

  /** The stream that A1111 hides in pixels; the content of the file counts, not its name. */
  private static void pixels(byte[] stream) throws IOException {
    new EmbeddingFiles().open(Scratch.file("pixels.webp", ImageContainers.hiding(stream)));
  }
}
