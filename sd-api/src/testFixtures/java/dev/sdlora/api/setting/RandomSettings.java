package dev.sdlora.api.setting;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.model.ModelFamily;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** Draws plain values of settings at random, and keeps those that are valid. */
public final class RandomSettings {
  private static final int TRIES = 8;
  private static final List<String> TEXTS =
      List.of("a cat", "512x768", "canny", "Latent", "depth", "INS", "1,0,1,0,1,0,1,0,1,0,1,0");

  private final Random random;

  /** Creates a generator that draws the same values each time. */
  public RandomSettings(long seed) {
    random = new Random(seed);
  }

  /** Converts images and files to indices and names, without reading anything. */
  public static final class Names implements Attachments {
    private final List<Image> images = new ArrayList<>();

    @Override
    public Object ofImage(Image image) {
      if (!images.contains(image)) {
        images.add(image);
      }
      return "image:" + images.indexOf(image);
    }

    @Override
    public Image image(Object plain) {
      String text = plain.toString();
      if (!text.startsWith("image:")) {
        throw new IllegalArgumentException("must be an image: " + plain);
      }
      int index = Integer.parseInt(text.substring(6));
      while (images.size() <= index) {
        byte shade = (byte) images.size();
        images.add(Image.of(2, 1, new byte[] {shade, 0, 0, 0, shade, 0}));
      }
      return images.get(index);
    }

    @Override
    public Object ofFile(Path file) {
      return file.toString();
    }

    @Override
    public Path file(Object plain) {
      return Path.of(plain.toString());
    }

    @Override
    public Object ofLora(LoraAdapter lora) {
      return lora.path().toString();
    }

    @Override
    public LoraAdapter lora(Object plain) {
      return new LoraAdapter(file(plain), ModelFamily.SD1, 1, 4, Map.of());
    }
  }

  /** Returns a valid plain object with the required settings alone. */
  public static Map<String, Object> required(Group<?, ?> group, Attachments attachments) {
    for (long seed = 0; seed < 1000; seed++) {
      Optional<Map<String, Object>> plain = new RandomSettings(seed).object(group, attachments);
      if (plain.isPresent()) {
        plain.get().keySet().retainAll(requiredNames(group));
        return plain.get();
      }
    }
    throw new AssertionError("no valid required values of " + group.type());
  }

  private static Set<String> requiredNames(Group<?, ?> group) {
    return group.settings().stream()
        .filter(Setting::isRequired)
        .map(Setting::name)
        .collect(Collectors.toSet());
  }

  /** Returns a valid plain object with about half of a group's settings. */
  public Optional<Map<String, Object>> object(Group<?, ?> group, Attachments attachments) {
    Map<String, Object> plain = new LinkedHashMap<>();
    for (Setting<?, ?, ?> setting : group.settings()) {
      if (setting.isRequired()) {
        value(setting.kind(), attachments).ifPresent(one -> plain.put(setting.name(), one));
      }
    }
    if (!isValid(group, plain, attachments)) {
      return Optional.empty();
    }
    for (Setting<?, ?, ?> setting : group.settings()) {
      if (!setting.isRequired() && random.nextBoolean()) {
        add(setting, group, plain, attachments);
      }
    }
    return Optional.of(plain);
  }

  private void add(
      Setting<?, ?, ?> setting,
      Group<?, ?> group,
      Map<String, Object> plain,
      Attachments attachments) {
    for (int i = 0; i < TRIES; i++) {
      value(setting.kind(), attachments).ifPresent(one -> plain.put(setting.name(), one));
      if (isValid(group, plain, attachments)) {
        return;
      }
      plain.remove(setting.name());
    }
  }

  private static boolean isValid(
      Group<?, ?> group, Map<String, Object> plain, Attachments attachments) {
    try {
      group.read(plain, attachments);
      return true;
    } catch (IllegalArgumentException | IllegalStateException e) {
      return false;
    }
  }

  private Optional<Object> value(Kind<?> kind, Attachments attachments) {
    return switch (kind.type()) {
      case NUMBER -> Optional.of(number(kind));
      case WHOLE_NUMBER -> Optional.of(Math.round(number(kind)));
      case FLAG -> Optional.of(random.nextBoolean());
      case CHOICE -> Optional.of(kind.choices().get(random.nextInt(kind.choices().size())));
      case TEXT -> Optional.of(TEXTS.get(random.nextInt(TEXTS.size())));
      case IMAGE -> Optional.of("image:" + random.nextInt(5));
      case FILE -> Optional.of("/files/" + random.nextInt(5));
      case LORA -> Optional.of("/loras/" + random.nextInt(5) + ".safetensors");
      case OBJECT -> object(kind.group().orElseThrow(), attachments).map(Object.class::cast);
      case LIST -> Optional.of(values(kind, attachments));
      case MAP -> {
        Map<String, Object> map = new LinkedHashMap<>();
        values(kind, attachments).forEach(one -> map.put("name " + map.size(), one));
        yield Optional.of(map);
      }
    };
  }

  private List<Object> values(Kind<?> kind, Attachments attachments) {
    List<Object> values = new ArrayList<>();
    int count = 1 + random.nextInt(2);
    for (int i = 0; i < count; i++) {
      value(kind.element().orElseThrow(), attachments).ifPresent(values::add);
    }
    return values;
  }

  private double number(Kind<?> kind) {
    double low = Math.max(kind.least(), -20);
    double high = Math.min(kind.most(), 20);
    return switch (random.nextInt(4)) {
      case 0 -> low;
      case 1 -> high;
      default -> low + (high - low) * random.nextDouble();
    };
  }
}
