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

  /**
   * Adds a rule for each setting that has a name at a door, unless its name in the API is a word of
   * English.
   */
  public static Wording add(Wording wording, Door door) {
    Wording all = wording;
    for (Group<?, ?> group : GROUPS) {
      for (Setting<?, ?, ?> setting : group.settings()) {
        if (setting.name().matches(".*[A-Z].*") && setting.reasonWithout(door).isEmpty()) {
          all = all.setting(setting.name(), setting.name(door));
        }
      }
    }
    return all;
  }
}
