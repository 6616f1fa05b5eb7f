package dev.sdlora.infotext.key;

import dev.sdlora.api.setting.Attachments;
import dev.sdlora.api.setting.Door;
import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.Setting;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The key and the texts of a setting, which follow from its row. */
final class SettingText<O, B, T> {
  /** The brackets and the last comma of a list of stable-diffusion.cpp. */
  private static final Pattern BRACKETS = Pattern.compile("^\\[|,?\\s*]$");

  private final Setting<O, B, T> setting;
  private final Optional<String> usual;

  private SettingText(Group<O, B> group, Setting<O, B, T> setting) {
    this.setting = setting;
    this.usual = group.defaultOf(setting).map(value -> text(setting.kind().write(value)));
  }

  static <O, B> SettingText<O, B, ?> of(Group<O, B> group, String name) {
    return of(group, group.setting(name));
  }

  private static <O, B, T> SettingText<O, B, T> of(Group<O, B> group, Setting<O, B, T> setting) {
    return new SettingText<>(group, setting);
  }

  /** Returns the key of the text in images. */
  String key() {
    return setting.name(Door.INFOTEXT);
  }

  boolean isNumber() {
    return setting.kind().type() == Kind.Type.NUMBER;
  }

  /** Returns the value as a text; empty if it is not set. */
  Optional<String> written(O owner) {
    return setting.get(owner).map(value -> text(setting.kind().write(value)));
  }

  /** Returns the value as a text; empty if it is the default or an empty text. */
  Optional<String> changed(O owner) {
    return written(owner).filter(text -> !text.isEmpty() && !usual.equals(Optional.of(text)));
  }

  /**
   * Sets the value of a text.
   *
   * @throws IllegalArgumentException if it is invalid
   */
  void read(B builder, String text) {
    setting.set(builder, setting.kind().read(plain(setting.kind(), text), Attachments.NONE));
  }

  private static String text(Object plain) {
    if (plain instanceof Double number) {
      return InfotextValues.number(number + 0.0); // Negative zero is zero.
    }
    if (plain instanceof Boolean flag) {
      return flag ? "True" : "False";
    }
    return plain instanceof List<?> list
        ? list.stream().map(SettingText::text).collect(Collectors.joining(", "))
        : plain.toString();
  }

  private static Object plain(Kind<?> kind, String text) {
    return switch (kind.type()) {
      case NUMBER -> InfotextValues.decimal(text);
      case WHOLE_NUMBER ->
          kind.least() < Integer.MIN_VALUE
              ? InfotextValues.seed(text)
              : InfotextValues.integer(text);
      case FLAG -> InfotextValues.flag(text);
      case LIST -> list(kind.element().orElseThrow(), text);
      default -> text;
    };
  }

  private static List<Object> list(Kind<?> element, String text) {
    return Arrays.stream(BRACKETS.matcher(text).replaceAll("").split(",", -1))
        .map(one -> plain(element, one.strip()))
        .toList();
  }
}
