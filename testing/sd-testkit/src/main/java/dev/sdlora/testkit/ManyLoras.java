package dev.sdlora.testkit;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * A collector's folder: thousands of small LoRAs that fit the demo model, in folders by subject.
 * Number 0 is {@code characters/character-0000}. Every fifth has a trigger word, every seventh a
 * preferred weight, every fourth a preview image, and every tenth is for SDXL.
 */
public final class ManyLoras {
  private static final List<String> FOLDERS =
      List.of("characters", "styles", "clothing", "places", "sliders");

  /** A layer of the demo model's U-Net, and its shape. */
  private static final String LAYER = "lora_unet_down_blocks_0_resnets_0_time_emb_proj";

  private static final int IN = 256;
  private static final int OUT = 64;

  private ManyLoras() {}

  /**
   * Writes the files, 5,000 in about a second.
   *
   * @param folder the folder, which must exist
   * @param count the number of LoRAs
   */
  public static void write(Path folder, int count) {
    try {
      for (String inside : FOLDERS) {
        Files.createDirectories(folder.resolve(inside));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<byte[]> images = IntStream.range(0, 12).mapToObj(ManyLoras::image).toList();
    IntStream.range(0, count).parallel().forEach(i -> write(folder, i, images));
  }

  /** Returns the name of a LoRA. */
  public static String name(int number) {
    String of = FOLDERS.get(number % FOLDERS.size());
    return String.format(Locale.ROOT, "%s-%04d", of.replaceFirst("s$", ""), number);
  }

  private static void write(Path folder, int number, List<byte[]> images) {
    Path inside = folder.resolve(FOLDERS.get(number % FOLDERS.size()));
    String name = name(number);
    try {
      Files.write(inside.resolve(name + ".safetensors"), lora(name, number));
      if (number % 7 == 0) {
        Files.writeString(inside.resolve(name + ".json"), "{\"preferred weight\": 0.75}");
      }
      if (number % 4 == 0) {
        Files.write(inside.resolve(name + ".png"), images.get(number % images.size()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] lora(String name, int number) {
    List<String> entries = new ArrayList<>();
    String base = number % 10 == 9 ? "sdxl_base_v1-0" : "sd_v1";
    String trigger =
        number % 5 == 0 ? ", \"modelspec.trigger_phrase\": \"trigger%s\"".formatted(number) : "";
    entries.add(
        ("\"__metadata__\": {\"ss_output_name\": \"%s\", \"ss_base_model_version\": \"%s\","
                + " \"modelspec.title\": \"Number %s\"%s}")
            .formatted(name, base, number, trigger));
    entries.add(entry("lora_down.weight", "1, " + IN, 0, IN));
    entries.add(entry("lora_up.weight", OUT + ", 1", IN, OUT));
    byte[] header = ("{" + String.join(", ", entries) + "}").getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + header.length + 4 * (IN + OUT)).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length).put(header);
    while (file.hasRemaining()) {
      file.putFloat(0.001f * (1 + number % 9));
    }
    return file.array();
  }

  private static String entry(String part, String shape, int from, int count) {
    return "\"%s.%s\": {\"dtype\": \"F32\", \"shape\": [%s], \"data_offsets\": [%s, %s]}"
        .formatted(LAYER, part, shape, 4 * from, 4 * (from + count));
  }

  private static byte[] image(int number) {
    BufferedImage image = new BufferedImage(96, 144, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.getHSBColor(number / 12f, 0.5f, 0.8f));
    graphics.fillRect(0, 0, 96, 144);
    graphics.setColor(Color.WHITE);
    graphics.fillOval(8, 32, 80, 80);
    graphics.dispose();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
