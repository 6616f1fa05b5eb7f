package dev.sdlora.infotext.key;

import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.SizeConditioning;
import dev.sdlora.api.image.Variation;
import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.api.setting.Door;
import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.Group.Copy;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.api.setting.Settings;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Makes the keys of a group of settings from its rows: a setting is written if it has another value
 * than its default and the setting that it needs has one too.
 *
 * @param group the settings
 * @param owner returns the value that has the settings
 * @param builder returns the builder of that value while a text is read
 */
record SettingKeys<O, B>(
    Group<O, B> group,
    Function<PromptSpec, Optional<O>> owner,
    Function<InfotextDraft, B> builder) {
  static final SettingKeys<PromptSpec, PromptSpec.Builder> SPEC =
      of(Settings.SPEC, spec -> spec, draft -> draft.spec);
  static final SettingKeys<PromptOptions, Copy<PromptOptions>> PROMPT =
      of(Settings.PROMPT, PromptSpec::promptOptions, draft -> draft.prompts);
  static final SettingKeys<SamplerOptions, SamplerOptions.Builder> SAMPLER =
      of(Settings.SAMPLER, PromptSpec::samplerOptions, draft -> draft.sampler);
  static final SettingKeys<SpeedOptions, SpeedOptions.Builder> SPEED =
      of(Settings.SPEED, PromptSpec::speedOptions, draft -> draft.speed);
  static final SettingKeys<Variation, Copy<Variation>> VARIATION =
      of(Settings.VARIATION, PromptSpec::variation, draft -> draft.variation);
  static final SettingKeys<SizeConditioning, Copy<SizeConditioning>> SIZES =
      of(Settings.SIZE_CONDITIONING, PromptSpec::sizeConditioning, draft -> draft.sizes);
  static final SettingKeys<HiresFix, HiresFix.Builder> HIRES =
      new SettingKeys<>(Settings.HIRES, PromptSpec::hiresFix, draft -> draft.hires);
  static final SettingKeys<ImageToImage, ?> START =
      writtenOnly(Settings.IMAGE_TO_IMAGE, PromptSpec::imageToImage);
  static final SettingKeys<Inpainting, ?> MASK =
      writtenOnly(
          Settings.INPAINTING, spec -> spec.imageToImage().flatMap(ImageToImage::inpainting));

  static final SettingKeys<GuidanceRange, ?> RANGE =
      writtenOnly(
          Settings.GUIDANCE_RANGE, spec -> Optional.of(spec.speedOptions().guidanceRange()));

  private static <O, B> SettingKeys<O, B> of(
      Group<O, B> group, Function<PromptSpec, O> owner, Function<InfotextDraft, B> builder) {
    return new SettingKeys<>(group, owner.andThen(Optional::of), builder);
  }

  private static <O, B> SettingKeys<O, B> writtenOnly(
      Group<O, B> group, Function<PromptSpec, Optional<O>> owner) {
    return new SettingKeys<>(
        group,
        owner,
        draft -> {
          throw new IllegalStateException(group.type() + " is not read as a whole");
        });
  }

  /** Returns the key of a setting that is written if it is not the default. */
  InfotextKey key(String setting) {
    return key(setting, SettingText::changed);
  }

  /** Returns the key of a setting that is written with any value. */
  InfotextKey always(String setting) {
    return key(setting, SettingText::written);
  }

  private InfotextKey key(
      String name, BiFunction<SettingText<O, B, ?>, O, Optional<String>> writer) {
    SettingText<O, B, ?> text = SettingText.of(group, name);
    Optional<SettingText<O, B, ?>> needed =
        group.setting(name).needs().map(other -> SettingText.of(group, other));
    return InfotextKey.setting(
        text.key(),
        settings ->
            owner
                .apply(settings.spec())
                .filter(one -> needed.map(other -> other.changed(one).isPresent()).orElse(true))
                .flatMap(one -> writer.apply(text, one)),
        (draft, value) -> text.read(builder.apply(draft), value));
  }

  /** Returns the keys of all settings that have one and are not in a list. */
  static Stream<InfotextKey> others(Set<String> listed) {
    return Stream.of(SPEC, PROMPT, SAMPLER, SPEED, VARIATION, SIZES, HIRES)
        .flatMap(
            keys ->
                keys.group.settings().stream()
                    .filter(setting -> setting.reasonWithout(Door.INFOTEXT).isEmpty())
                    .filter(setting -> !listed.contains(setting.name(Door.INFOTEXT)))
                    .map(Setting::name)
                    .map(keys::key));
  }
}
