package dev.sdlora.server.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.ImageSize;
import dev.sdlora.api.Picture;
import dev.sdlora.request.Fields;
import dev.sdlora.request.Pictures;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.job.Job;
import io.javalin.http.Context;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;

/**
 * How the pictures are to come.
 *
 * @param format {@code png} or {@code jpeg}
 * @param addresses the beginning of addresses, if pictures are to be fetched; empty for base64
 */
record PictureAnswer(String format, String addresses) {

  static PictureAnswer read(Fields fields, Context context) {
    String format = fields.name("output_format").orElse("png");
    if (!format.equals("png") && !format.equals("jpeg")) {
      throw new Refusal(400, "field 'output_format' must be png or jpeg: '%s'".formatted(format));
    }
    String form = fields.name("response_format").orElse("b64_json");
    if (!form.equals("b64_json") && !form.equals("url")) {
      throw new Refusal(400, "field 'response_format' must be b64_json or url: '" + form + "'");
    }
    return new PictureAnswer(
        format, form.equals("url") ? "http://" + context.header("Host") + "/api/jobs/" : "");
  }

  private String base64(GeneratedImage image) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    image.write(out, format);
    return Pictures.base64(out.toByteArray());
  }

  ObjectNode answer(Job job, List<GeneratedImage> images, ImageSize size) {
    ObjectNode answer = common(size).put("created", Instant.now().getEpochSecond());
    ArrayNode data = answer.putArray("data");
    for (int i = 0; i < images.size(); i++) {
      if (addresses.isEmpty()) {
        data.addObject().put("b64_json", base64(images.get(i)));
      } else {
        String address = "%s%s/images/%s?format=%s".formatted(addresses, job.id(), i, format);
        data.addObject().put("url", address);
      }
    }
    return answer;
  }

  /** Previews have the size of the picture, though they show an eighth of its detail. */
  ObjectNode partial(String type, BufferedImage look, int index, ImageSize size) {
    Picture enlarged = Picture.of(look).resized(size.width(), size.height());
    return common(size)
        .put("type", type)
        .put("b64_json", Pictures.base64(Pictures.png(enlarged.toBufferedImage())))
        .put("output_format", "png")
        .put("partial_image_index", index)
        .put("created_at", Instant.now().getEpochSecond());
  }

  ObjectNode completed(String type, GeneratedImage image, ImageSize size) {
    return common(size)
        .put("type", type)
        .put("b64_json", base64(image))
        .put("created_at", Instant.now().getEpochSecond());
  }

  /** Nothing is billed here, so no tokens are counted. */
  private ObjectNode common(ImageSize size) {
    ObjectNode answer = Fields.object();
    answer.put("output_format", format);
    answer.put("size", size.width() + "x" + size.height());
    answer.put("quality", "auto");
    answer.put("background", "opaque");
    ObjectNode usage = answer.putObject("usage");
    usage.put("input_tokens", 0).put("output_tokens", 0).put("total_tokens", 0);
    usage.putObject("input_tokens_details").put("image_tokens", 0).put("text_tokens", 0);
    return answer;
  }
}
