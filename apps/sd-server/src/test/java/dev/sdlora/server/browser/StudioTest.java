package dev.sdlora.server.browser;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * All that is done in a browser. It is one class, so that it runs in one JVM, whose browser and
 * server all stories share; each has a page of its own.
 */
@ExtendWith(StudioExtension.class)
@Tag("slow")
class StudioTest
    implements ConnectionStories,
        DrawingStories,
        ImageStories,
        JobStories,
        LoraStories,
        SettingsStories,
        TrainingStories,
        ViewStories {}
