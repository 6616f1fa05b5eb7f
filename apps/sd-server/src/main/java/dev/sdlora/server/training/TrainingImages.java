package dev.sdlora.server.training;

import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.value.FileReason;
import dev.sdlora.api.value.Sha256;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.FieldException;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.training.TrainingExample;
import dev.sdlora.training.TrainingSet;
import java.awt.Dimension;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Reads the images of one training request with their captions and masks. Their files are kept in a
 * folder; equal files are kept once. Not safe for use by several threads.
 */
final class TrainingImages {
  private static final Set<String> OF_IMAGE =
      Set.of("image", "caption", "mask", "strength", "repeats");

  /** Bytes of the hash that identifies equal files. */
  private static final int HASH_BYTES = 16;

  private final RequestContext requestContext;
  private final Optional<Path> folder;
  private final Map<String, Kept> byHash = new HashMap<>();
  private long bytes;

  /** An image file. */
  private record Kept(Supplier<BufferedImage> pixels, Dimension size) {}

  /**
   * Creates a reader.
   *
   * @param folder an empty folder for the files; empty if the images are needed only as long as the
   *     request, which are then decoded from it
   */
  TrainingImages(RequestContext requestContext, Optional<Path> folder) {
    this.requestContext = requestContext;
    this.folder = folder;
  }

  /**
   * Reads a list of images.
   *
   * @param noun the word for one of them in messages, such as {@code image}
   * @return the images; empty if the field is missing
   */
  Optional<TrainingSet> set(Fields fields, String field, String noun) {
    if (!fields.has(field)) {
      return Optional.empty();
    }
    List<Fields> given = fields.objects(field);
    if (given.isEmpty() || given.size() > TrainingLimits.MOST_IMAGES) {
      throw new FieldException(
          field,
          "field '%s' must have from 1 to %s images: %s"
              .formatted(field, TrainingLimits.MOST_IMAGES, given.size()));
    }
    List<TrainingExample> examples = new ArrayList<>();
    for (Fields image : TrainingFields.list(fields, field, OF_IMAGE)) {
      int index = examples.size();
      examples.add(example(noun + " " + (index + 1), image, TrainingFields.prefix(field, index)));
    }
    return Optional.of(TrainingSet.of(examples));
  }

  private TrainingExample example(String name, Fields given, String prefix) {
    String image =
        given
            .name(prefix + "image")
            .orElseThrow(() -> new Refusal(422, name + " must have a field 'image'"));
    String caption =
        TrainingFields.requireShort(
            prefix + "caption", given.text(prefix + "caption").orElse("").strip());
    Kept file = kept(name, image);
    Optional<Kept> mask =
        given.name(prefix + "mask").map(text -> kept("the mask of " + name, text));
    mask.ifPresent(of -> requireSize(name, of.size(), file.size()));
    // Decoded when the training begins, because hundreds of images would fill the memory.
    TrainingExample[] example = {
      new TrainingExample(name, file.pixels(), caption, 1, mask.map(Kept::pixels), 1)
    };
    given.ifNumber(prefix + "strength", value -> example[0] = example[0].withStrength(value));
    given.ifWhole(prefix + "repeats", value -> example[0] = example[0].withRepeats(value));
    return example[0];
  }

  private static void requireSize(String name, Dimension mask, Dimension image) {
    if (!mask.equals(image)) {
      throw new Refusal(
          422,
          "the mask of %s has %sx%s pixels, but the image has %sx%s; both must have the same size"
              .formatted(name, mask.width, mask.height, image.width, image.height));
    }
  }

  /** Stores a file after checking it, unless an equal one is stored. */
  private Kept kept(String name, String text) {
    byte[] file = requestContext.images().bytes(name, text);
    String hash = Sha256.hex(file, HASH_BYTES);
    Kept known = byHash.get(hash);
    if (known != null) {
      return known;
    }
    bytes += file.length;
    if (bytes > TrainingLimits.MOST_BYTES) {
      throw new Refusal(
          413,
          "the images up to %s have %s bytes in total; the limit for a training is %s"
              .formatted(name, bytes, TrainingLimits.MOST_BYTES));
    }
    Dimension size = Base64Images.size(name, file, requestContext.limits().pixels());
    Supplier<BufferedImage> pixels =
        folder.isPresent() ? stored(name, file, folder.get()) : () -> decoded(name, text);
    Kept kept = new Kept(pixels, size);
    byHash.put(hash, kept);
    return kept;
  }

  private Supplier<BufferedImage> stored(String name, byte[] file, Path place) {
    try {
      Base64Images.read(name, file, requestContext.limits().pixels());
      Path path = Files.write(place.resolve("" + byHash.size()), file);
      return () -> Image.read(path).toBufferedImage();
    } catch (ImageFileException e) {
      throw new Refusal(422, "%s cannot be read: %s".formatted(name, e.getMessage()));
    } catch (IOException e) {
      throw new StableDiffusionException(
          "%s cannot be stored in the server's temporary folder: %s"
              .formatted(name, FileReason.of(e)),
          e);
    }
  }

  private BufferedImage decoded(String name, String text) {
    byte[] file = requestContext.images().bytes(name, text);
    return Base64Images.read(name, file, requestContext.limits().pixels()).toBufferedImage();
  }
}
