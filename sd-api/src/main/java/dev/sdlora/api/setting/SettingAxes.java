package dev.sdlora.api.setting;

import dev.sdlora.api.value.Labels;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The settings that can vary in a grid, by the names of their options without dashes. */
public final class SettingAxes {
  /** Options of settings that a grid sets, or varies in another notation. */
  private static final Set<String> OF_GRIDS =
      Set.of(
          "--prompt",
          "--images",
          "--size",
          "--steps",
          "--sampler",
          "--schedule",
          "--cfg",
          "--seed");

  private static final Map<String, SettingPath<?>> ALL = collect();

  private SettingAxes() {}

  private static Map<String, SettingPath<?>> collect() {
    List<String> options = SettingPath.ALL.stream().map(SettingAxes::option).toList();
    Map<String, SettingPath<?>> all = new LinkedHashMap<>();
    for (SettingPath<?> path : SettingPath.ALL) {
      Setting<?, ?, ?> setting = path.setting();
      boolean ownOption = Collections.frequency(options, option(path)) == 1;
      boolean hasOption = setting.reasonWithout(Door.COMMAND_LINE).isEmpty();
      if (ownOption
          && hasOption
          && !setting.isRequired()
          && isText(setting.kind())
          && !OF_GRIDS.contains(option(path))) {
        all.put(option(path).substring("--".length()), path);
      }
    }
    return Collections.unmodifiableMap(all);
  }

  private static String option(SettingPath<?> path) {
    return path.setting().name(Door.COMMAND_LINE);
  }

  private static boolean isText(Kind<?> kind) {
    return switch (kind.type()) {
      case NUMBER, WHOLE_NUMBER, FLAG, CHOICE, TEXT -> true;
      case LIST -> isText(kind.element().orElseThrow());
      case MAP, IMAGE, FILE, LORA, OBJECT -> false;
    };
  }

  /** {@return all settings by name, such as {@code cfg-rescale}} */
  public static Map<String, SettingPath<?>> all() {
    return ALL;
  }

  /** Returns the axis of a name in any spelling: {@code cfg_rescale}, {@code cfgRescale}. */
  public static Optional<Map.Entry<String, SettingPath<?>>> find(String name) {
    String key = Labels.key(name);
    return ALL.entrySet().stream().filter(one -> Labels.key(one.getKey()).equals(key)).findFirst();
  }
}
