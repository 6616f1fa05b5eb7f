package dev.sdlora.models;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.models.web.Answer;
import dev.sdlora.models.web.UrlOrigin;
import dev.sdlora.models.web.Web;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes Civitai's information about a file next to it, in the format of A1111's extensions: {@code
 * <name>.civitai.info} with trigger words and base model, and an image, {@code <name>.preview.png}.
 * Existing files are kept, because people edit them. None of this is required, so an image that
 * cannot be downloaded is skipped.
 */
final class CivitaiNotes {
  private static final int LARGEST_PICTURE = 20_000_000;

  /** The first bytes of image files, by the ending of the name they get. */
  private static final Map<String, List<Integer>> PICTURES =
      Map.of(
          ".preview.png", List.of(0x89, 'P' + 0, 'N' + 0, 'G' + 0),
          ".preview.jpg", List.of(0xFF, 0xD8, 0xFF),
          ".preview.webp", List.of('R' + 0, 'I' + 0, 'F' + 0, 'F' + 0),
          ".preview.gif", List.of('G' + 0, 'I' + 0, 'F' + 0, '8' + 0));

  private CivitaiNotes() {}

  /** Writes both files unless they exist. */
  static void write(Web web, URI site, JsonNode version, Path model) throws InterruptedException {
    Path info = sibling(model, ".civitai.info");
    if (!Files.exists(info)) {
      Disk.write(info, SiteJson.text(version));
    }
    if (PICTURES.keySet().stream().noneMatch(ending -> Files.exists(sibling(model, ending)))) {
      Optional<URI> image = image(version, site);
      if (image.isPresent()) {
        writeImage(web, image.get(), model);
      }
    }
  }

  private static Path sibling(Path model, String ending) {
    return model.resolveSibling(SafeNames.stem(String.valueOf(model.getFileName())) + ending);
  }

  /** The first image among those with the lowest content rating. */
  private static Optional<URI> image(JsonNode version, URI site) {
    JsonNode chosen = null;
    for (JsonNode image : version.path("images")) {
      boolean isImage = image.path("type").asText("image").equals("image");
      if (isImage && (chosen == null || level(image) < level(chosen))) {
        chosen = image;
      }
    }
    try {
      return Optional.ofNullable(chosen)
          .map(image -> URI.create(image.path("url").asText()))
          .filter(to -> UrlOrigin.mayLeadTo(site, to));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static int level(JsonNode image) {
    return image.path("nsfwLevel").asInt(1);
  }

  private static void writeImage(Web web, URI address, Path model) throws InterruptedException {
    try (Answer answer = web.ask(Web.Question.get(address, Optional.empty()))) {
      if (answer.status() == Answer.OK) {
        byte[] bytes = answer.body().bytes(LARGEST_PICTURE);
        for (Map.Entry<String, List<Integer>> kind : PICTURES.entrySet()) {
          if (startsWith(bytes, kind.getValue())) {
            Disk.write(sibling(model, kind.getKey()), bytes);
          }
        }
      }
    } catch (IOException e) {
      // The model, which was requested, has been downloaded; the image is optional.
    }
  }

  private static boolean startsWith(byte[] bytes, List<Integer> sign) {
    for (int i = 0; i < sign.size(); i++) {
      if (i >= bytes.length || (bytes[i] & 0xFF) != sign.get(i)) {
        return false;
      }
    }
    return true;
  }
}
