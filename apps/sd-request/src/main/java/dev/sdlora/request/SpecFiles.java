package dev.sdlora.request;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.setting.Attachments;
import dev.sdlora.api.value.Nearest;
import dev.sdlora.api.value.Sha256;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.context.RequestImages;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.Fields;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Images and files of requests in {@link SpecJson}. An image is written as {@code stored:SHA256} or
 * inline as base64, and read like the images of fields, up to the limits of the context. A network
 * or LoRA in a folder of the context is written by name, so that another server finds its own;
 * other paths are read only where requests may name paths. For one request; not safe for use by
 * several threads.
 */
public final class SpecFiles implements Attachments {
  private static final String FIELD = "image";

  private final RequestContext context;
  private final boolean inline;
  private final RequestImages read;
  private final Map<String, byte[]> images = new TreeMap<>();

  private SpecFiles(RequestContext context, boolean inline) {
    this.context = context;
    this.inline = inline;
    read = new RequestImages(context, Fields.of(Fields.object()));
  }

  /** Writes images by hash and collects their files in {@link #images}. */
  public static SpecFiles stored(RequestContext context) {
    return new SpecFiles(context, false);
  }

  /** Writes images as base64. */
  public static SpecFiles inline(RequestContext context) {
    return new SpecFiles(context, true);
  }

  /** Returns the PNG files of the images written by hash, by their SHA-256. */
  public Map<String, byte[]> images() {
    return Collections.unmodifiableMap(images);
  }

  @Override
  public Object ofImage(Image image) {
    byte[] file = Base64Images.png(image.toBufferedImage());
    if (inline) {
      return "data:image/png;base64," + Base64Images.base64(file);
    }
    String hash = Sha256.hex(file, 32);
    images.put(hash, file);
    return WholeRequest.STORED + ":" + hash;
  }

  @Override
  public Image image(Object plain) {
    return read.image(FIELD, text(plain, "an image"));
  }

  @Override
  public Object ofFile(Path file) {
    return listed()
        .filter(listed -> listed.getValue().equals(file))
        .map(Map.Entry::getKey)
        .filter(name -> find(name).filter(file::equals).isPresent())
        .findFirst()
        .orElse(file.toString());
  }

  @Override
  public Path file(Object plain) {
    String name = text(plain, "a file");
    return find(name)
        .or(() -> context.paths() ? Optional.of(Path.of(name)) : Optional.empty())
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "must be a file in a folder of this server: '%s'".formatted(name)
                        + Nearest.question(name, listed().map(Map.Entry::getKey).toList())));
  }

  /** Finds a file by its name or, if two folders have files of this name, by its path. */
  private Optional<Path> find(String name) {
    return listed()
        .filter(file -> file.getKey().equals(name) || file.getValue().toString().equals(name))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private Stream<Map.Entry<String, Path>> listed() {
    return Stream.concat(
        context.controlNets().entrySet().stream(), context.upscalers().entrySet().stream());
  }

  @Override
  public Object ofLora(LoraAdapter lora) {
    try {
      String name = lora.name();
      return context.lora(name).path().equals(lora.path()) ? name : lora.path().toString();
    } catch (StableDiffusionException e) { // It is in no folder.
      return lora.path().toString();
    }
  }

  @Override
  public LoraAdapter lora(Object plain) {
    return context.lora(text(plain, "a LoRA"));
  }

  private static String text(Object plain, String what) {
    if (plain instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("must be the name of %s: %s".formatted(what, plain));
  }
}
