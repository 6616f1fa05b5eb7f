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
 * What the messages of a request say. Those with a negative weight are the negative prompt. The
 * others are the prompt: one after another if all have the same weight, else sides of {@code AND}.
 *
 * @param prompt in A1111's syntax
 * @param negativePrompt in A1111's syntax
 * @param image what to start from; empty for noise
 * @param mask white where to paint; empty for the whole image
 */
record Messages(String prompt, String negativePrompt, Optional<Image> image, Optional<Image> mask) {
  private static final String MASK = "mask";

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException if there is none, or their media are not an image and a mask
   * @throws dev.sdlora.api.error.ImageFileException if an image cannot be read
   */
  static Messages of(List<ImageMessage> messages) {
    if (messages.isEmpty()) {
      throw new IllegalArgumentException("an image prompt must have at least one message");
    }
    List<Media> media = messages.stream().flatMap(message -> message.getMedia().stream()).toList();
    List<Media> masks = media.stream().filter(Messages::isMask).toList();
    List<Media> images = new ArrayList<>(media);
    images.removeAll(masks);
    if (images.size() > 1 || masks.size() > 1) {
      throw new IllegalArgumentException(
          ("the media of an image prompt must be one picture, and one mask whose name is 'mask':"
                  + " there are %s and %s")
              .formatted(images.size(), masks.size()));
    }
    if (images.isEmpty() && !masks.isEmpty()) {
      throw new IllegalArgumentException(
          "a mask needs a picture beside it in the media of the image prompt");
    }
    return new Messages(positive(messages), negative(messages), first(images), first(masks));
  }

  private static boolean isMask(Media media) {
    return media.getName().toLowerCase(Locale.ROOT).startsWith(MASK);
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
          "the media of an image prompt must hold their bytes, as a resource or a data: address;"
              + " other addresses are not fetched: "
              + text.substring(0, Math.min(100, text.length())));
    }
    try {
      byte[] bytes = Base64.getMimeDecoder().decode(text.substring(comma + 8));
      return Image.read(new ByteArrayInputStream(bytes));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the data: address of a picture is no base64", e);
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
