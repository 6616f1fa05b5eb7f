package dev.sdlora.server.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.PublicAddress;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.SignedPaths;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobImage;
import io.javalin.http.Context;
import java.awt.image.BufferedImage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Formats images for responses.
 *
 * @param format {@code png} or {@code jpeg}
 * @param quality the quality of JPEG images, 0 to 100
 * @param links creates URLs of images; empty for base64
 */
record ImageAnswer(String format, int quality, Optional<Links> links) {
  /** OpenAI's sizes; its clients reject others. */
  private static final Set<String> SIZES = Set.of("1024x1024", "1024x1536", "1536x1024");

  /**
   * Creates URLs of images.
   *
   * @param server the address of the server
   * @param signed signs the paths
   */
  record Links(String server, SignedPaths signed) {
    String of(Job job, int number, ImageAnswer form) {
      String path = "/api/jobs/%s/images/%s".formatted(job.id(), number);
      String query = "format=%s&quality=%s".formatted(form.format, form.quality);
      return "%s%s?%s&%s".formatted(server, path, query, signed.sign(path));
    }
  }

  static ImageAnswer read(Fields fields, Context context, SignedPaths signed) {
    String format = fields.name("output_format").orElse("png");
    if (!format.equals("png") && !format.equals("jpeg")) {
      throw Refusal.of(
          "output_format", "field 'output_format' must be png or jpeg: '%s'".formatted(format));
    }
    int quality = quality(fields, format);
    String form = fields.name("response_format").orElse("b64_json");
    if (!form.equals("b64_json") && !form.equals("url")) {
      throw Refusal.of(
          "response_format", "field 'response_format' must be b64_json or url: '" + form + "'");
    }
    Links links = new Links(PublicAddress.of(context), signed);
    return new ImageAnswer(format, quality, Optional.of(links).filter(all -> form.equals("url")));
  }

  private static int quality(Fields fields, String format) {
    int compression = fields.whole("output_compression", format.equals("png") ? 100 : 80);
    if (compression < 0 || compression > 100) {
      throw Refusal.of(
          "output_compression", "field 'output_compression' must be from 0 to 100: " + compression);
    }
    if (compression < 100 && format.equals("png")) {
      throw Refusal.of(
          "output_compression",
          "field 'output_compression' must be 100 with output_format png: " + compression);
    }
    return compression;
  }

  private String base64(JobImage image) {
    return Base64Images.base64(format.equals("jpeg") ? image.load().jpeg(quality) : image.png());
  }

  ObjectNode answer(Job job, List<String> warnings, ImageSize size) {
    ObjectNode answer = common().put("created", Instant.now().getEpochSecond());
    String name = size.width() + "x" + size.height();
    if (SIZES.contains(name)) {
      answer.put("size", name);
    }
    ArrayNode data = answer.putArray("data");
    List<JobImage> images = job.images();
    for (int i = 0; i < images.size(); i++) {
      if (links.isEmpty()) {
        data.addObject().put("b64_json", base64(images.get(i)));
      } else {
        data.addObject().put("url", links.get().of(job, i, this));
      }
    }
    warnings.forEach(answer.putArray("warnings")::add);
    return answer;
  }

  /**
   * Previews are scaled to the size of the image, although they have an eighth of its resolution.
   */
  ObjectNode partial(String type, BufferedImage preview, int index, ImageSize size) {
    Image enlarged = Image.of(preview).resized(size.width(), size.height());
    return event(size)
        .put("type", type)
        .put("b64_json", Base64Images.base64(Base64Images.png(enlarged.toBufferedImage())))
        .put("output_format", "png")
        .put("partial_image_index", index)
        .put("created_at", Instant.now().getEpochSecond());
  }

  ObjectNode completed(String type, JobImage image, List<String> warnings, ImageSize size) {
    ObjectNode completed =
        event(size)
            .put("type", type)
            .put("b64_json", base64(image))
            .put("created_at", Instant.now().getEpochSecond());
    if (!warnings.isEmpty()) {
      warnings.forEach(completed.putArray("warnings")::add);
    }
    return completed;
  }

  /** Returns the fields that events must have, including those that are optional in responses. */
  private ObjectNode event(ImageSize size) {
    String name = size.width() + "x" + size.height();
    return common().put("size", SIZES.contains(name) ? name : "auto").put("quality", "auto");
  }

  /** Returns zero usage: nothing is billed, so no tokens are counted. */
  private ObjectNode common() {
    ObjectNode answer = Fields.object();
    answer.put("output_format", format);
    answer.put("background", "opaque");
    ObjectNode usage = answer.putObject("usage");
    usage.put("input_tokens", 0).put("output_tokens", 0).put("total_tokens", 0);
    usage.putObject("input_tokens_details").put("image_tokens", 0).put("text_tokens", 0);
    return answer;
  }
}
