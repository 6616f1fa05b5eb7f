package dev.sdlora.api.setting;

import dev.sdlora.api.value.Wording;
import java.util.List;

/** The names of settings in sentences of the library, in the words of a door. */
public final class SettingWords {
  private static final List<Group<?, ?>> GROUPS =
      List.of(
          Settings.SPEC,
          Settings.SAMPLER,
          Settings.SPEED,
          Settings.PROMPT,
          Settings.SIZE_CONDITIONING,
          Settings.IMAGE_TO_IMAGE,
          Settings.INPAINTING);

  private SettingWords() {}

  /** Returns the settings that have a name at a door, and in the API none that is English. */
  public static List<Setting<?, ?, ?>> of(Door door) {
    return GROUPS.stream()
        .<Setting<?, ?, ?>>flatMap(group -> group.settings().stream())
        .filter(setting -> setting.name().matches(".*[A-Z].*"))
        .filter(setting -> setting.reasonWithout(door).isEmpty())
        .toList();
  }

  /** Adds a rule for each of these settings. */
  public static Wording add(Wording wording, Door door) {
    Wording all = wording;
    for (Setting<?, ?, ?> setting : of(door)) {
      all = all.setting(setting.name(), setting.name(door));
    }
    return all;
  }
}
