"""Words that drawn pseudonyms are made of: kind or plain ones, of no people, place or gender."""

_ADJECTIVES = """
agile airy alert alpine amber arctic autumn azure balmy beaming blithe blue bold brave breezy bright brisk bronze
bubbly calm candid careful carefree cedar cheerful clear clever coastal cobalt copper coral cosmic cosy crimson crisp
curious dapper daring deft dewy diligent distant drifting dusky eager early earnest easy ebony electric emerald
endless even evening faithful fearless fine fleet floating fond fresh friendly frosty gentle genuine gilded glad
gleaming glowing golden graceful grand grateful green happy hardy harmonious hazel hidden hopeful humble indigo
ingenious inland ivory jade jaunty jolly joyful keen kind lasting lavender leafy light lilac lively lofty loyal lucid
lucky lunar lush magenta maple marble marine meadow mellow merry mild mindful mirthful misty modest morning mossy neat
nimble noble northern observant olive open opal orange orchard patient peaceful pearly perky placid playful pleasant
polar polite prompt proud purple quick quiet radiant rapid rosy ruby russet rustic sandy sapphire scarlet serene shady
sharp shining silent silver sincere skilful sleek smiling smooth snowy soaring soft solar sonic southern sparkling
spirited spry starry steady stellar still sturdy sunny supple sure swift tawny teal thoughtful tidal tidy tranquil
trusty turquoise twinkling upbeat valiant velvet verdant vernal violet vivid warm watchful western wild windy wintry
wise witty wooded zesty
"""
_NOUNS = """
acacia acorn albatross alder almond alpaca anemone antelope apricot aspen aster avocet axolotl badger bamboo banyan
barley basil beech begonia birch bison bittern blackbird bluebell bobcat buffalo bulbul bumblebee bunting buttercup
butterfly caiman camel camellia caracal cardinal caribou cedar chamois cheetah cherry chestnut chickadee chinchilla
cicada cinnamon clematis clover condor coral cormorant cowslip coyote crane cricket crocus curlew cypress daffodil
dahlia daisy dandelion deer dipper dogwood dolphin dormouse dove dragonfly dunlin eagle echidna egret elder elk elm
ermine eucalyptus falcon fennel fern ferret fig finch firefly flamingo flax fox foxglove freesia fuchsia fulmar gannet
gardenia gazelle gecko gentian geranium gibbon ginger ginkgo giraffe goldfinch goshawk grebe grouse guillemot hamster
hare harrier hawk hawthorn hazel heather hedgehog hemlock heron hibiscus hollyhock hoopoe hornbeam hummingbird
hyacinth hydrangea ibex ibis iguana impala iris ivy jackdaw jaguar jasmine jay juniper kestrel kingfisher kinglet kite
kiwi koala kookaburra larch lark larkspur lavender lemming lemur leopard lichen lilac lily linden linnet llama lobelia
lotus lupin lynx macaw magnolia magpie mallard mallow manatee maple marigold marmot marten meerkat mint mimosa
mongoose moose moss mulberry myrtle nasturtium newt nightingale nuthatch nutmeg oak ocelot okapi oleander olive orchid
oriole osprey otter owl oyster palm panda pansy papyrus parsley partridge peacock pelican penguin peony petrel petunia
pheasant pika pine pipit platypus plover plum polecat poplar poppy porcupine primrose ptarmigan puffin puma quail
quetzal quince rabbit raven redstart redwing reed reindeer rhubarb robin rook rosemary rowan saffron sage salmon
sandpiper sequoia serval siskin skylark snapdragon snowdrop sparrow spruce squirrel starling stoat stork sunflower
swallow swan swift sycamore tamarin tanager tapir teal tern thistle thrush thyme toucan treecreeper trout tulip turaco
turnstone turtle verbena vicuna viola violet vole wagtail wallaby walnut warbler waxwing weaver whale wheatear
whimbrel willow wisteria wombat woodlark woodpecker wren yarrow yew zebra zinnia
"""
ADJECTIVES = tuple(_ADJECTIVES.split())
NOUNS = tuple(_NOUNS.split())
