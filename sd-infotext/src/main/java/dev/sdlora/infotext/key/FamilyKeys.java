package dev.sdlora.infotext.key;

import static dev.sdlora.infotext.key.InfotextKey.fact;
import static dev.sdlora.infotext.key.InfotextKey.flag;
import static dev.sdlora.infotext.key.InfotextKey.setting;

import dev.sdlora.api.image.PixelSize;
import dev.sdlora.api.image.SizeConditioning;
import dev.sdlora.api.setting.FlowKeys;
import java.util.List;
import java.util.Optional;

/** Keys used by some model families only: refiner, image editing, SDXL size conditioning. */
final class FamilyKeys {
  /** Image CFG scale of editing models; written for edited images only. */
  static final InfotextKey IMAGE_CFG_SCALE =
      setting(
          ImageSettings.IMAGE_CFG_SCALE,
          settings ->
              Optional.ofNullable(settings.facts().get(ImageSettings.IMAGE_CFG_SCALE))
                  .or(() -> InfotextKey.unless(1.5, settings.spec().imageCfgScale())),
          (draft, value) -> {
            draft.spec.imageCfgScale(InfotextValues.decimal(value));
            draft.keep(ImageSettings.IMAGE_CFG_SCALE, value);
          });

  /** The guidance scale that models with distilled guidance read, as Forge writes it. */
  static final InfotextKey DISTILLED_GUIDANCE =
      setting(
          FlowKeys.DISTILLED_GUIDANCE,
          settings -> Optional.ofNullable(settings.facts().get(FlowKeys.DISTILLED_GUIDANCE)),
          (draft, value) -> draft.spec.distilledGuidance(InfotextValues.decimal(value)));

  static final InfotextKey SWITCH_BY_STEPS =
      setting(
          "Refiner switch by sampling steps",
          settings -> flag(settings.spec().refinerBySteps()),
          (draft, value) -> draft.refinerBySteps(InfotextValues.flag(value)));

  static final List<InfotextKey> REFINING =
      List.of(
          fact(ImageSettings.REFINER),
          setting(
              "Refiner switch at",
              settings ->
                  settings.spec().refinerSwitch().stream()
                      .mapToObj(InfotextValues::number)
                      .findFirst(),
              (draft, value) -> draft.refinerSwitchAt(InfotextValues.decimal(value))));

  /** Keys that A1111 does not write; written only if they differ from A1111's defaults. */
  static final List<InfotextKey> OWN =
      List.of(
          setting(
              "Original size",
              settings -> sizes(settings).originalSize().map(PixelSize::toString),
              (draft, value) -> {
                PixelSize size = PixelSize.parse(value);
                draft.sizes = draft.sizes.withOriginalSize(size.width(), size.height());
              }),
          setting(
              "Target size",
              settings -> sizes(settings).targetSize().map(PixelSize::toString),
              (draft, value) -> {
                PixelSize size = PixelSize.parse(value);
                draft.sizes = draft.sizes.withTargetSize(size.width(), size.height());
              }),
          setting(
              "Crop top",
              settings -> InfotextKey.unless(0, sizes(settings).cropTop()),
              (draft, value) -> draft.cropTop(InfotextValues.integer(value))),
          setting(
              "Crop left",
              settings -> InfotextKey.unless(0, sizes(settings).cropLeft()),
              (draft, value) -> draft.cropLeft(InfotextValues.integer(value))),
          setting(
              "Aesthetic score",
              settings -> InfotextKey.unless(6, sizes(settings).aestheticScore()),
              (draft, value) -> draft.aestheticScore(InfotextValues.decimal(value))),
          setting(
              "Negative aesthetic score",
              settings -> InfotextKey.unless(2.5, sizes(settings).negativeAestheticScore()),
              (draft, value) -> draft.negativeAestheticScore(InfotextValues.decimal(value))),
          setting(
              "Empty negative",
              settings ->
                  settings.spec().promptOptions().emptyNegativeEncoded()
                      ? Optional.of("encoded")
                      : Optional.empty(),
              (draft, value) -> draft.prompts = draft.prompts.withEmptyNegativeEncoded(true)),
          fact(FlowKeys.REFERENCES),
          setting(
              FlowKeys.T5_TOKENS,
              settings -> Optional.ofNullable(settings.facts().get(FlowKeys.T5_TOKENS)),
              (draft, value) ->
                  draft.prompts = draft.prompts.withT5Tokens(InfotextValues.integer(value))),
          setting(
              "Clip skip SDXL",
              settings -> flag(settings.spec().promptOptions().clipSkipOnSdxl()),
              (draft, value) ->
                  draft.prompts = draft.prompts.withClipSkipOnSdxl(InfotextValues.flag(value))));

  private FamilyKeys() {}

  private static SizeConditioning sizes(ImageSettings settings) {
    return settings.spec().sizeConditioning();
  }
}
