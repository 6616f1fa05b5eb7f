package dev.sdlora.server.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.value.ImageStream;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Refusal;
import io.javalin.http.Context;
import io.javalin.http.UploadedFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;

/**
 * Converts the form of an edit to the fields of A1111's {@code img2img}. Transparent areas of the
 * mask are repainted; without a mask, transparent areas of a single image. If nothing is repainted
 * and the model reads reference images, the images of the form become these.
 */
final class EditForm {
  private static final double MOST_REFERENCE_PIXELS = 1024.0 * 1024;
  private static final int LEAST_SIDE = 64;

  private final RequestContext requestContext;

  EditForm(RequestContext requestContext) {
    this.requestContext = requestContext;
  }

  Fields read(Context context) {
    List<byte[]> pictures = images(context, requestContext.readsReferences());
    byte[] first = pictures.get(0);
    Optional<byte[]> mask = context.uploadedFiles("mask").stream().findFirst().map(EditForm::bytes);
    Optional<BufferedImage> open =
        mask.or(() -> Optional.of(first).filter(single -> pictures.size() == 1))
            .flatMap(bytes -> transparency(bytes, mask.isPresent()));
    if (open.isEmpty() && requestContext.readsReferences()) {
      return references(context, pictures);
    }
    ObjectNode node = fields(context, first);
    addReferences(node, pictures.subList(1, pictures.size()));
    open.ifPresent(
        white -> {
          node.put("mask", Base64Images.base64(Base64Images.png(white)));
          putIfMissing(node, "inpaint_full_res", "false");
          putIfMissing(node, "inpainting_fill", "1");
        });
    return Fields.of(node);
  }

  private Fields references(Context context, List<byte[]> pictures) {
    ObjectNode node = fields(context);
    addReferences(node, pictures);
    putSize(node, pictures.get(0), MOST_REFERENCE_PIXELS);
    Fields fields = Fields.of(node);
    if (fields.has("denoising_strength")) {
      fields.warn("field 'denoising_strength' has no effect without a mask");
    }
    return fields;
  }

  private static void addReferences(ObjectNode node, List<byte[]> pictures) {
    if (!pictures.isEmpty()) {
      ArrayNode references = node.putArray("reference_images");
      pictures.forEach(image -> references.add(Base64Images.base64(image)));
    }
  }

  /**
   * Reads the form of a variation: the image is redrawn with the prompts from its settings, if it
   * has any, and another seed.
   */
  Fields readVariation(Context context) {
    byte[] image = images(context, false).get(0);
    ObjectNode node = fields(context, image);
    settings(image)
        .ifPresent(
            spec -> {
              putIfMissing(node, "prompt", spec.prompt());
              putIfMissing(node, "negative_prompt", spec.negativePrompt());
            });
    return Fields.of(node);
  }

  private static Optional<PromptSpec> settings(byte[] image) {
    try {
      return Optional.of(PromptSpec.fromImage(new ByteArrayInputStream(image)));
    } catch (ImageFileException e) {
      return Optional.empty();
    }
  }

  /** Returns the images of the form: one, or one to several. */
  private static List<byte[]> images(Context context, boolean several) {
    if (!context.isMultipartFormData()) {
      throw new Refusal(400, "the body must be multipart/form-data");
    }
    List<UploadedFile> files = uploads(context);
    if (files.isEmpty()) {
      throw Refusal.missing("image");
    }
    if (files.size() > 1 && !several) {
      throw Refusal.of(
          "image", "the form must have one image, but has " + files.size() + " images");
    }
    return files.stream().map(EditForm::bytes).toList();
  }

  private static ObjectNode fields(Context context) {
    ObjectNode node = Fields.object();
    context
        .formParamMap()
        .forEach((name, values) -> values.stream().findFirst().ifPresent(v -> node.put(name, v)));
    return node;
  }

  private ObjectNode fields(Context context, byte[] image) {
    ObjectNode node = fields(context);
    node.putArray("init_images").add(Base64Images.base64(image));
    putSize(node, image, Double.POSITIVE_INFINITY);
    return node;
  }

  /** Sets a missing size to that of an image, reduced to a number of pixels and rounded down. */
  private void putSize(ObjectNode node, byte[] image, double most) {
    if (node.path("size").asText("auto").equals("auto")) {
      Image given = Base64Images.read("image", image, requestContext.limits().pixels());
      double pixels = (double) given.width() * given.height();
      double scale = Math.min(1, Math.sqrt(most / pixels));
      node.put("size", "%sx%s".formatted(side(given.width(), scale), side(given.height(), scale)));
    }
  }

  private int side(int side, double scale) {
    int multiple = requestContext.sizeMultiple();
    return Math.max(LEAST_SIDE, (int) (side * scale) / multiple * multiple);
  }

  private static List<UploadedFile> uploads(Context context) {
    try {
      List<UploadedFile> files = new ArrayList<>(context.uploadedFiles("image"));
      files.addAll(context.uploadedFiles("image[]"));
      return files;
    } catch (Exception e) { // Includes checked exceptions, which Kotlin does not declare.
      throw new Refusal(400, "cannot read the form: " + reason(e));
    }
  }

  /** Returns the message of the root cause, from Jetty's form parser. */
  private static String reason(Throwable e) {
    Throwable cause = e.getCause();
    return cause == null ? String.valueOf(e.getMessage()) : reason(cause);
  }

  private static void putIfMissing(ObjectNode node, String name, String value) {
    if (!node.has(name)) {
      node.put(name, value);
    }
  }

  private static byte[] bytes(UploadedFile file) {
    try (InputStream content = file.content()) {
      return content.readAllBytes();
    } catch (IOException e) {
      throw new Refusal(400, "cannot read the form: " + e.getMessage());
    }
  }

  /**
   * Returns a mask that is white where an image is transparent.
   *
   * @param required whether an image without transparency is an error
   */
  private Optional<BufferedImage> transparency(byte[] file, boolean required) {
    Base64Images.requireSize("mask", file, requestContext.limits().pixels());
    BufferedImage image;
    try {
      image = ImageIO.read(new ImageStream(new ByteArrayInputStream(file)));
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new Refusal(400, "cannot read the mask: " + e.getMessage());
    }
    if (image == null || !image.getColorModel().hasAlpha()) {
      if (required) {
        throw Refusal.of(
            "mask", "the mask must be a PNG that is transparent in the areas to repaint");
      }
      return Optional.empty();
    }
    BufferedImage white =
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
    boolean any = false;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int open = 255 - (image.getRGB(x, y) >>> 24);
        any |= open > 0;
        white.setRGB(x, y, open * 0x010101);
      }
    }
    return any || required ? Optional.of(white) : Optional.empty();
  }
}
