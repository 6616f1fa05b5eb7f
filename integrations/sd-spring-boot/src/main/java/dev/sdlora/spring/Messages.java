package dev.sdlora.spring;

import dev.sdlora.api.image.Image;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.ai.content.Media;
import org.springframework.ai.image.ImageMessage;

/**
 * The messages of an image request. Messages with a negative weight form the negative prompt. The
 * others form the prompt: joined if all have the same weight, otherwise combined with {@code AND}.
 *
 * @param prompt the prompt in A1111's syntax
 * @param negativePrompt the negative prompt in A1111's syntax
 * @param image the start image; empty to start from noise
 * @param mask the mask, white where to paint; empty for the whole image
 * @param references the images that the model reads in addition to the prompt
 */
record Messages(
    String prompt,
    String negativePrompt,
    Optional<Image> image,
    Optional<Image> mask,
    List<Image> references) {
  private static final String MASK = "mask";
  private static final String REFERENCE = "reference";

  /** Copies the list. */
  Messages {
    references = List.copyOf(references);
  }

  /**
   * Parses the messages.
   *
   * @throws IllegalArgumentException if there are none, or their media are not one image, one mask
   *     and reference images
   * @throws dev.sdlora.api.error.ImageFileException if an image cannot be read
   */
  static Messages of(List<ImageMessage> messages) {
    if (messages.isEmpty()) {
      throw new IllegalArgumentException("an image prompt must have at least one message");
    }
    List<Media> media = messages.stream().flatMap(message -> message.getMedia().stream()).toList();
    List<Media> masks = named(MASK, media);
    List<Media> references = named(REFERENCE, media);
    List<Media> images = new ArrayList<>(media);
    images.removeAll(masks);
    images.removeAll(references);
    if (images.size() > 1 || masks.size() > 1) {
      throw new IllegalArgumentException(
          "the media of an image prompt must be at most one image, and one mask named 'mask': found %s and %s; name images 'reference' that the model reads in addition to the prompt"
              .formatted(images.size(), masks.size()));
    }
    if (images.isEmpty() && !masks.isEmpty()) {
      throw new IllegalArgumentException(
          "a mask requires an image in the media of the image prompt");
    }
    return new Messages(
        positive(messages),
        negative(messages),
        first(images),
        first(masks),
        references.stream().map(Messages::image).toList());
  }

  /** Returns the media whose names begin with a word. */
  private static List<Media> named(String word, List<Media> media) {
    return media.stream()
        .filter(each -> each.getName().toLowerCase(Locale.ROOT).startsWith(word))
        .toList();
  }

  private static Optional<Image> first(List<Media> media) {
    return media.stream().findFirst().map(Messages::image);
  }

  private static Image image(Media media) {
    Object data = media.getData();
    if (data instanceof byte[] bytes) {
      return Image.read(new ByteArrayInputStream(bytes));
    }
    String text = String.valueOf(data);
    int comma = text.indexOf(";base64,");
    if (!text.startsWith("data:") || comma < 0) {
      throw new IllegalArgumentException(
          "the media of an image prompt must be a resource or a data: URL with their bytes; other"
              + " URLs are not fetched: "
              + text.substring(0, Math.min(100, text.length())));
    }
    try {
      byte[] bytes = Base64.getMimeDecoder().decode(text.substring(comma + 8));
      return Image.read(new ByteArrayInputStream(bytes));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the data: URL of an image is not valid base64", e);
    }
  }

  private static String positive(List<ImageMessage> messages) {
    List<ImageMessage> sides = messages.stream().filter(message -> weight(message) > 0).toList();
    if (sides.stream().map(Messages::weight).distinct().count() <= 1) {
      return String.join(", ", sides.stream().map(ImageMessage::getText).toList());
    }
    return String.join(
        " AND ", sides.stream().map(side -> side.getText() + " :" + weight(side)).toList());
  }

  private static String negative(List<ImageMessage> messages) {
    return String.join(
        ", ",
        messages.stream()
            .filter(message -> weight(message) < 0)
            .map(
                message ->
                    weight(message) == -1
                        ? message.getText()
                        : "(%s:%s)".formatted(message.getText(), -weight(message)))
            .toList());
  }

  private static float weight(ImageMessage message) {
    Float weight = message.getWeight();
    if (weight != null && !Float.isFinite(weight)) {
      throw new IllegalArgumentException("the weight of a message must be a number: " + weight);
    }
    return weight == null ? 1 : weight;
  }
}
